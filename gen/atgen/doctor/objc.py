"""Objective-C's grammar (tree-sitter-objc) as the doctor's tree."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import tree_sitter
import tree_sitter_objc

from atgen.doctor.tree import (
    Argument,
    Assign,
    Bind,
    Call,
    Closure,
    Exit,
    File,
    Function,
    If,
    Literal,
    Loop,
    Member,
    Name,
    Nil,
    Node,
    Other,
    Parameter,
    Switch,
    Text,
    Try,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Parsed = tree_sitter.Node

_SKIPPED = frozenset({"comment", "preproc_call", "preproc_def", "preproc_function_def", "attribute_specifier"})
_TRANSPARENT = frozenset(
    {"expression_statement", "parenthesized_expression", "cast_expression", "implementation_definition", "else_clause"}
)
_NIL = frozenset({"nil", "NULL", "Nil"})


# Lines that are a macro of Apple's, which the grammar takes for the beginning of a declaration.
_REGION = re.compile(rb"^[ \t]*(?:[A-Z]+_(?:ASSUME_NONNULL|HEADER_AUDIT)_(?:BEGIN|END)\b[^\n]*)", re.MULTILINE)


@cache
def parser() -> tree_sitter.Parser:
    """The one parser of a process."""
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_objc.language()))


def read(data: bytes) -> tuple[File, tree_sitter.Node]:
    """Read a source's bytes: the doctor's tree, and the grammar's."""
    root = parser().parse(_REGION.sub(lambda match: b" " * len(match[0]), data)).root_node
    imports: dict[str, int] = {}
    for each in root.named_children:
        path = each.child_by_field_name("path") if each.type in ("preproc_include", "module_import") else None
        if path is not None:
            imports.setdefault(_text(path).strip('<>"'), each.start_byte)
    return File(0, len(data), _all(root.named_children), imports), root


def _text(node: Parsed) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _all(nodes: Iterable[Parsed]) -> tuple[Node, ...]:
    found: list[Node] = []
    for node in nodes:
        if node.is_named and node.type not in _SKIPPED:
            found += _one(node)
    return tuple(found)


def _one(node: Parsed) -> list[Node]:
    """What a piece is; several for `int a, b`, none for what no rule asks for."""
    make = _MAKERS.get(node.type)
    if make:
        made = make(node)
        return made if isinstance(made, list) else [made]
    if node.type in _TRANSPARENT:
        parts = _all(child for child in node.named_children if child.type != "type_descriptor")
        if node.type == "implementation_definition" or len(parts) == 1:
            return [*parts]
        return [Other(node.start_byte, node.end_byte, node.type, parts)]
    return [Other(node.start_byte, node.end_byte, node.type, _all(node.named_children))]


def _expression(node: Parsed | None) -> Node:
    found = _one(node) if node is not None else []
    return found[0] if found else Other(node.start_byte if node else 0, node.end_byte if node else 0, "?")


def _name(node: Parsed) -> Node:
    text = _text(node)
    if text in _NIL:
        return Nil(node.start_byte, node.end_byte)
    return Name(node.start_byte, node.end_byte, text)


def _field(node: Parsed) -> Node:
    field = node.child_by_field_name("field")
    base = _expression(node.child_by_field_name("argument"))
    return Member(node.start_byte, node.end_byte, base, _text(field) if field else "")


def _message(node: Parsed) -> Node:
    receiver = node.child_by_field_name("receiver")
    name: str = ""
    label: str | None = None
    arguments: list[Argument] = []
    for index, child in enumerate(node.children):
        part = node.field_name_for_child(index)
        if part == "method":
            label = _text(child) if name else None
            name = name or _text(child)
        elif part is None and child.is_named and child.type != "comment":
            arguments.append(Argument(child.start_byte, child.end_byte, label, _expression(child)))
    callee = Member(node.start_byte, node.end_byte, _expression(receiver), name)
    return Call(node.start_byte, node.end_byte, callee, tuple(arguments), is_message=True)


def _call(node: Parsed) -> Node:
    function, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    arguments = tuple(
        Argument(child.start_byte, child.end_byte, None, _expression(child))
        for child in (listed.named_children if listed else ())
        if child.type != "comment"
    )
    return Call(node.start_byte, node.end_byte, _expression(function), arguments)


def _parameter(label: str | None, node: Parsed) -> Parameter:
    """A parameter of a method: its type in brackets, then its name."""
    kind = next((_text(child) for child in node.named_children if child.type == "method_type"), "")
    name = next((_text(child) for child in reversed(node.named_children) if child.type == "identifier"), "_")
    return Parameter(label, name, kind.strip("()"), node.start_byte)


def _declared(node: Parsed | None) -> Parsed | None:
    """The name within a declarator: `*name`, `(^name)(int)`, `name[3]`."""
    while node is not None and node.type not in ("identifier", "field_identifier"):
        inner = node.child_by_field_name("declarator")
        if inner is None:
            inner = next((child for child in node.named_children if "declarator" in child.type), None)
            inner = inner or next((child for child in node.named_children if child.type == "identifier"), None)
        node = inner
    return node


def _parameters(node: Parsed | None) -> tuple[Parameter, ...]:
    """The parameters of a function or of a block."""
    found = []
    for child in node.named_children if node is not None else ():
        if child.type == "parameter_declaration":
            name = _declared(child.child_by_field_name("declarator"))
            found.append(Parameter(None, _text(name) if name is not None else "_", _text(child), child.start_byte))
    return tuple(found)


def _block(node: Parsed) -> Closure:
    body = next((child for child in node.named_children if child.type == "compound_statement"), None)
    listed = next((child for child in node.named_children if child.type == "parameter_list"), None)
    return Closure(node.start_byte, node.end_byte, _parameters(listed), _statements(body), broken=node.has_error)


def _statements(node: Parsed | None) -> tuple[Node, ...]:
    """A body in braces, or the one statement that stands for it."""
    if node is None:
        return ()
    if node.type == "else_clause":
        return tuple(found for child in node.named_children for found in _statements(child))
    if node.type == "compound_statement":
        return _all(node.named_children)
    return _all([node])


def _method(node: Parsed) -> Node:
    names: list[Parsed] = []
    parameters: list[Parameter] = []
    body: Parsed | None = None
    for child in node.named_children:
        if child.type == "identifier":
            names.append(child)
        elif child.type == "method_parameter":
            label = _text(names[-1]) if len(names) > 1 else None
            parameters.append(_parameter(label, child))
        elif child.type == "compound_statement":
            body = child
    broken = any(child.has_error for child in node.children)
    # Each parameter's place is that of the part of the selector before it.
    for parameter, name in zip(parameters, names, strict=False):
        parameter.start = name.start_byte
    return Function(
        node.start_byte,
        node.end_byte,
        _text(names[0]) if names else "",
        tuple(parameters),
        _statements(body) if body is not None else None,
        frozenset({"static"} if _text(node).startswith("+") else ()),
        broken,
        node.start_byte,
    )


def _function(node: Parsed) -> Node:
    declarator = node.child_by_field_name("declarator")
    while declarator is not None and declarator.type != "function_declarator":
        declarator = declarator.child_by_field_name("declarator")
    name = _declared(declarator)
    parameters = _parameters(declarator.child_by_field_name("parameters") if declarator is not None else None)
    body = node.child_by_field_name("body")
    return Function(
        node.start_byte,
        node.end_byte,
        _text(name) if name is not None else "",
        parameters,
        _statements(body),
        broken=node.has_error,
        place=name.start_byte if name is not None else node.start_byte,
    )


def _declaration(node: Parsed) -> list[Node]:
    kind = node.child_by_field_name("type")
    found: list[Node] = []
    for child in node.children_by_field_name("declarator"):
        value = child.child_by_field_name("value") if child.type == "init_declarator" else None
        name = _declared(child)
        if name is not None:
            made = _expression(value) if value is not None else None
            found.append(
                Bind(child.start_byte, child.end_byte, _text(name), _text(kind) if kind is not None else "", made)
            )
    return found


def _property(node: Parsed) -> list[Node]:
    """A property, or a variable of an instance."""
    found: list[Node] = []
    for child in node.named_children:
        if child.type == "struct_declaration":
            kind = child.named_children[0] if child.named_children else child
            for each in child.named_children:
                name = _declared(each) if each.type == "struct_declarator" else None
                if name is not None:
                    found.append(Bind(node.start_byte, node.end_byte, _text(name), _text(kind), None))
    return found


def _type(node: Parsed) -> Node:
    names = [child for child in node.named_children if child.type == "identifier"]
    above = [_text(child) for child in node.children_by_field_name("superclass")]
    members: list[Node] = []
    for child in node.named_children:
        if child.type == "parameterized_arguments":
            above += [_text(each) for each in child.named_children]
        elif child.type == "instance_variables":
            members += [found for each in child.named_children for found in _property(each)]
        elif child.type != "identifier" and child not in names:
            members += _all([child])
    kind = node.type.removeprefix("class_")
    if kind == "interface" and not node.children_by_field_name("superclass"):
        kind = "category"  # or an extension, which has no name in its brackets
    if kind == "implementation" and node.children_by_field_name("category"):
        kind = "category_implementation"
    return Type(node.start_byte, node.end_byte, kind, _text(names[0]) if names else "", tuple(above), tuple(members))


def _protocol(node: Parsed) -> Node:
    return Type(node.start_byte, node.end_byte, "protocol", "", (), ())


def _if(node: Parsed) -> Node:
    condition = node.child_by_field_name("condition")
    text = " ".join(_text(condition)[1:-1].split()) if condition is not None else ""
    return If(
        node.start_byte,
        node.end_byte,
        text,
        _all([condition]) if condition is not None else (),
        _statements(node.child_by_field_name("consequence")),
        _statements(node.child_by_field_name("alternative")),
    )


def _ternary(node: Parsed) -> Node:
    condition = node.child_by_field_name("condition")
    then, otherwise = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
    return If(
        node.start_byte,
        node.end_byte,
        _text(condition) if condition is not None else "",
        _all([condition]) if condition is not None else (),
        tuple(_one(then)) if then is not None else (),
        tuple(_one(otherwise)) if otherwise is not None else (),
    )


def _switch(node: Parsed) -> Node:
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
    entries = [child for child in (body.named_children if body else ()) if child.type == "case_statement"]
    cases = []
    for entry in entries:
        value = entry.child_by_field_name("value")
        cases.append(_all(child for child in entry.named_children if child != value))
    whole = any(entry.child_by_field_name("value") is None for entry in entries)
    heads = _all([condition]) if condition is not None else ()
    return Switch(node.start_byte, node.end_byte, heads, tuple(cases), whole, falls=True)


def _loop(node: Parsed) -> Node:
    body = node.child_by_field_name("body")
    children = [child for child in node.named_children if child.type not in _SKIPPED]
    if body is None and children:
        body = children[-1]
    rest = [child for child in children if child != body]
    # `for (Type *name in list)`: what stands before `in` is declared, what stands after it is asked for.
    before = next((index for index, child in enumerate(node.children) if child.type == "in"), None)
    if before is None:
        return Loop(node.start_byte, node.end_byte, _all(rest), _statements(body))
    name = _declared(node.children[before - 1])
    heads = _all(child for child in rest if child.start_byte > node.children[before].start_byte)
    return Loop(node.start_byte, node.end_byte, heads, _statements(body), (_text(name),) if name is not None else ())


def _try(node: Parsed) -> Node:
    body: tuple[Node, ...] = ()
    catches = []
    last: tuple[Node, ...] = ()
    for child in node.named_children:
        inner = next((each for each in child.named_children if each.type == "compound_statement"), None)
        if child.type == "compound_statement":
            body = _statements(child)
        elif child.type == "catch_clause":
            catches.append(_statements(inner))
        elif child.type == "finally_clause":
            last = _statements(inner)
    return Try(node.start_byte, node.end_byte, body, tuple(catches), last)


def _exit(node: Parsed) -> Node:
    value = node.named_children[0] if node.named_children else None
    return Exit(
        node.start_byte,
        node.end_byte,
        node.type.removesuffix("_statement"),
        _expression(value) if value is not None else None,
    )


def _assignment(node: Parsed) -> Node:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    return Assign(node.start_byte, node.end_byte, _expression(left), _expression(right))


def _binary(node: Parsed) -> Node:
    operator = node.child_by_field_name("operator")
    sign = _text(operator) if operator is not None else node.type
    return Other(node.start_byte, node.end_byte, sign, _all(child for child in node.children if child != operator))


def _string(node: Parsed) -> Node:
    return Text(node.start_byte, node.end_byte, _text(node).lstrip("@").strip('"'))


def _array(node: Parsed) -> Node:
    items = tuple(Argument(each.start, each.end, None, each) for each in _all(node.named_children))
    return Literal(node.start_byte, node.end_byte, items, is_dictionary=False)


def _dictionary(node: Parsed) -> Node:
    items, others = [], False
    for pair in node.named_children:
        parts = _all(pair.named_children) if pair.type == "dictionary_pair" else ()
        if len(parts) == 2:  # noqa: PLR2004 (key and value)
            text = parts[0].value if isinstance(parts[0], Text) else None
            others = others or text is None
            items.append(Argument(pair.start_byte, pair.end_byte, text, parts[1]))
    return Literal(node.start_byte, node.end_byte, tuple(items), is_dictionary=True, has_other_keys=others)


_MAKERS: dict[str, Callable[[Parsed], Node | list[Node]]] = {
    "identifier": _name,
    "type_identifier": _name,
    "field_identifier": _name,
    "null": lambda node: Nil(node.start_byte, node.end_byte),
    "nil": lambda node: Nil(node.start_byte, node.end_byte),
    "field_expression": _field,
    "message_expression": _message,
    "call_expression": _call,
    "block_literal": _block,
    "method_definition": _method,
    "method_declaration": _method,
    "function_definition": _function,
    "declaration": _declaration,
    "property_declaration": _property,
    "instance_variable": _property,
    "class_interface": _type,
    "class_implementation": _type,
    "category_interface": _type,
    "category_implementation": _type,
    "protocol_declaration": _protocol,
    "compound_statement": lambda node: [*_statements(node)],
    "if_statement": _if,
    "conditional_expression": _ternary,
    "switch_statement": _switch,
    "for_statement": _loop,
    "while_statement": _loop,
    "do_statement": _loop,
    "try_statement": _try,
    "return_statement": _exit,
    "break_statement": _exit,
    "continue_statement": _exit,
    "throw_statement": _exit,
    "assignment_expression": _assignment,
    "binary_expression": _binary,
    "unary_expression": _binary,
    "string_literal": _string,
    "array_literal": _array,
    "dictionary_literal": _dictionary,
    "preproc_include": lambda _: [],
    "module_import": lambda _: [],
}
