"""Swift's grammar (tree-sitter-swift) as the doctor's tree."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import tree_sitter
import tree_sitter_swift

from atgen.doctor.tree import (
    Argument,
    Assign,
    Bind,
    Call,
    Closure,
    Defer,
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

_SKIPPED = frozenset({"comment", "multiline_comment", "directive", "diagnostic"})
_LOOPS = frozenset({"for_statement", "while_statement", "repeat_while_statement"})
# What says nothing to a rule: its one part stands for it.
_TRANSPARENT = frozenset({"as_expression", "postfix_expression", "parenthesized_expression", "expression"})


# The grammar knows `()` as a type only; `[]` takes the same room.
_VOID = re.compile(rb"(?:(?<=\()|(?<=[,:] )|(?<=,))\(\)(?=\s*(?:,|\)(?!\s*(?:->|async|throws))))")


@cache
def parser() -> tree_sitter.Parser:
    """The one parser of a process."""
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_swift.language()))


def read(data: bytes) -> tuple[File, tree_sitter.Node]:
    """Read a source's bytes: the doctor's tree, and the grammar's."""
    root = parser().parse(_VOID.sub(b"[]", data)).root_node
    imports: dict[str, int] = {}
    for each in root.named_children:
        if each.type == "import_declaration":
            name = next((child for child in each.named_children if child.type == "identifier"), None)
            if name:
                imports.setdefault(_text(name).split(".")[0].strip(), each.start_byte)
    return File(0, len(data), _all(root.named_children), imports), root


def _text(node: Parsed) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _all(nodes: Iterable[Parsed]) -> tuple[Node, ...]:
    found: list[Node] = []
    for node in nodes:
        if node.is_named and node.type not in _SKIPPED:
            found += _one(node)
    return tuple(found)


def _body(node: Parsed | None) -> tuple[Node, ...]:
    """The statements of a body in braces."""
    if node is None:
        return ()
    return tuple(
        found
        for child in node.named_children
        for found in (_all(child.named_children) if child.type == "statements" else _all([child]))
    )


def _one(node: Parsed) -> list[Node]:
    """What a piece is; several for `var a = 1, b = 2`, none for what no rule asks for."""
    make = _MAKERS.get(node.type)
    if make:
        made = make(node)
        return made if isinstance(made, list) else [made]
    parts = _all(node.named_children)
    if node.type in _TRANSPARENT and parts:
        return [parts[0]]
    return [Other(node.start_byte, node.end_byte, node.type, parts)]


def _expression(node: Parsed | None) -> Node | None:
    if node is None:
        return None
    found = _one(node)
    return found[0] if found else None


def _name(node: Parsed) -> Node:
    return Name(node.start_byte, node.end_byte, _text(node).strip("`"))


def _navigation(node: Parsed) -> Node:
    target, suffix = node.child_by_field_name("target"), node.child_by_field_name("suffix")
    named = suffix.child_by_field_name("suffix") if suffix else None
    name = _text(named).strip("`") if named else ""
    return Member(node.start_byte, node.end_byte, _expression(target), name)


def _prefix(node: Parsed) -> Node:
    operation, target = node.child_by_field_name("operation"), node.child_by_field_name("target")
    sign = _text(operation) if operation else ""
    if sign == "." and target is not None:
        inner = _expression(target)
        if isinstance(inner, Name):
            return Member(node.start_byte, node.end_byte, None, inner.text)
    value = _expression(target)
    return Other(node.start_byte, node.end_byte, sign, (value,) if value else ())


def _call(node: Parsed) -> Node:
    callee, suffix = node.named_children[0], node.named_children[-1]
    arguments: list[Argument] = []
    label: str | None = None
    for child in suffix.children:
        if child.type == "value_arguments":
            arguments += [_argument(each) for each in child.named_children if each.type == "value_argument"]
        elif child.type == "simple_identifier":
            label = _text(child)
        elif child.type == "lambda_literal":
            closure = _closure(child)
            arguments.append(Argument(child.start_byte, child.end_byte, label, closure))
            label = None
    called = _expression(callee) or Other(callee.start_byte, callee.end_byte, callee.type)
    if isinstance(called, Name) and called.text == "defer" and len(arguments) == 1:
        [only] = arguments
        if isinstance(only.value, Closure):
            return Defer(node.start_byte, node.end_byte, only.value.body)
    # `await a.b()` is read as `(await a).b()`: the wait is the whole call's.
    waited = _unwaited(called)
    made = Call(node.start_byte, node.end_byte, waited or called, tuple(arguments))
    return Other(node.start_byte, node.end_byte, "await", (made,)) if waited else made


def _unwaited(called: Node) -> Node | None:
    """What is called, without the `await` at its beginning."""
    if isinstance(called, Other) and called.kind == "await" and called.parts:
        return called.parts[0]
    if isinstance(called, Member) and called.base:
        base = _unwaited(called.base)
        return Member(called.start, called.end, base, called.name) if base else None
    return None


def _argument(node: Parsed) -> Argument:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    made = _expression(value) if value is not None else None
    return Argument(
        node.start_byte,
        node.end_byte,
        _text(name).rstrip(": ") if name else None,
        made or Other(node.start_byte, node.end_byte, node.type),
    )


def _attributes(node: Parsed) -> frozenset[str]:
    """The names of what stands before a declaration or in a closure: `MainActor`, `objc`, `override` and others."""
    found = set()
    for child in node.named_children:
        if child.type == "modifiers":
            for each in child.named_children:
                found.add(_attribute(each))
        elif child.type == "attribute":
            found.add(_attribute(child))
    return frozenset(found)


def _attribute(node: Parsed) -> str:
    """Its name, with `()` where it has arguments."""
    name, bracket, _ = _text(node).lstrip("@").partition("(")
    return name.strip() + ("()" if bracket else "")


def _closure(node: Parsed) -> Closure:
    parameters = []
    for each in _descend(node.child_by_field_name("type"), "lambda_parameter"):
        name = each.child_by_field_name("name")
        kinds = each.children_by_field_name("name")[1:]
        parameters.append(
            Parameter(None, _text(name) if name else "_", _text(kinds[0]) if kinds else "", each.start_byte)
        )
    body = tuple(
        found for child in node.named_children if child.type == "statements" for found in _all(child.named_children)
    )
    return Closure(node.start_byte, node.end_byte, tuple(parameters), body, _attributes(node), node.has_error)


def _descend(node: Parsed | None, kind: str) -> list[Parsed]:
    if node is None:
        return []
    if node.type == kind:
        return [node]
    return [found for child in node.named_children for found in _descend(child, kind)]


def _string(node: Parsed) -> Node:
    parts = [child for child in node.named_children if child.type == "interpolated_expression"]
    value = None if parts else _text(node).strip("#").strip('"')
    return Text(node.start_byte, node.end_byte, value, _all(parts))


def _array(node: Parsed) -> Node:
    items = tuple(Argument(each.start, each.end, None, each) for each in _all(node.named_children))
    return Literal(node.start_byte, node.end_byte, items, is_dictionary=False)


def _dictionary(node: Parsed) -> Node:
    keys, values = node.children_by_field_name("key"), node.children_by_field_name("value")
    items, others = [], False
    for key, value in zip(keys, values, strict=False):
        made = _expression(key)
        text = made.value if isinstance(made, Text) else None
        others = others or text is None
        items.append(Argument(key.start_byte, value.end_byte, text, _expression(value) or Nil(0, 0)))
    return Literal(node.start_byte, node.end_byte, tuple(items), is_dictionary=True, has_other_keys=others)


def _property(node: Parsed) -> list[Node]:
    found: list[Node] = []
    name, kind, start = "", "", node.start_byte
    computed: tuple[Node, ...] = ()
    value: Node | None = None

    def close() -> None:
        if name:
            found.append(Bind(start, node.end_byte, name, kind, value, computed, _attributes(node)))

    for index, child in enumerate(node.children):
        part = node.field_name_for_child(index)
        if part == "name" and child.type == "pattern":
            close()
            bound = child.child_by_field_name("bound_identifier")
            name, kind, value, computed, start = _text(bound or child), "", None, (), child.start_byte
        elif child.type == "type_annotation":
            kind = _text(child).lstrip(": ")
        elif part == "value":
            value = _expression(child)
        elif part == "computed_value":
            computed = _computed(child)
    close()
    return found


def _computed(node: Parsed) -> tuple[Node, ...]:
    getter = next((child for child in node.named_children if child.type == "computed_getter"), None)
    return _body(getter or node)


def _function(node: Parsed) -> Node:
    name = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    broken = any(child.has_error for child in node.children)
    return Function(
        node.start_byte,
        node.end_byte,
        _text(name).strip("`") if name else "",
        tuple(_parameter(child) for child in node.named_children if child.type == "parameter"),
        _body(body) if body is not None else None,
        _attributes(node),
        broken,
        name.start_byte if name else node.start_byte,
    )


def _parameter(node: Parsed) -> Parameter:
    external = node.child_by_field_name("external_name")
    named = node.children_by_field_name("name")
    inner = _text(named[0]) if named else ""
    outer = _text(external) if external else inner
    kind = " ".join(_text(each) for each in named[1:])
    return Parameter(None if outer == "_" else outer, inner, kind, node.start_byte)


def _type(node: Parsed) -> Node:
    kind, name = node.child_by_field_name("declaration_kind"), node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    above = tuple(
        _text(child.child_by_field_name("inherits_from") or child)
        for child in node.named_children
        if child.type == "inheritance_specifier"
    )
    return Type(
        node.start_byte,
        node.end_byte,
        _text(kind) if kind else node.type.removesuffix("_declaration"),
        _text(name) if name else "",
        above,
        _all(body.named_children) if body else (),
        _attributes(node),
    )


def _alias(node: Parsed) -> Node:
    name = node.child_by_field_name("name")
    return Type(node.start_byte, node.end_byte, "typealias", _text(name) if name is not None else "", (), ())


def _conditions(node: Parsed) -> tuple[str, tuple[Node, ...]]:
    """What is asked: its text, and what runs to answer."""
    parts = node.children_by_field_name("condition")
    if not parts:
        return "", ()
    first, last = parts[0].start_byte - node.start_byte, parts[-1].end_byte - node.start_byte
    text = (node.text or b"")[first:last].decode("utf-8", "replace")
    return " ".join(text.split()), _heads(node)


def _heads(node: Parsed) -> tuple[Node, ...]:
    """What runs to answer: `let a = b`, also short as `let a`, declares a variable."""
    found: list[Node] = []
    bound: Parsed | None = None

    def close() -> None:
        if bound is not None:
            found.append(Bind(bound.start_byte, bound.end_byte, _text(bound), "", _name(bound)))

    for index, child in enumerate(node.children):
        part = node.field_name_for_child(index)
        if child.type in ("else", "statements", "{"):
            break
        if part == "bound_identifier":
            close()
            bound = child
        elif part == "condition" and child.is_named and child.type != "value_binding_pattern":
            value = _expression(child)
            if bound is not None:
                found.append(Bind(bound.start_byte, child.end_byte, _text(bound), "", value))
                bound = None
            elif value is not None:
                found.append(value)
    close()
    return tuple(found)


def _branches(node: Parsed) -> list[list[Parsed]]:
    """The children of an `if` before and after its `else`."""
    found: list[list[Parsed]] = [[]]
    for child in node.children:
        if child.type == "else":
            found.append([])
        else:
            found[-1].append(child)
    return found


def _if(node: Parsed) -> Node:
    condition, heads = _conditions(node)
    before, *after = _branches(node)
    then = tuple(found for child in before if child.type == "statements" for found in _all(child.named_children))
    otherwise: tuple[Node, ...] = ()
    if after:
        for child in after[0]:
            if child.type == "statements":
                otherwise = _all(child.named_children)
            elif child.type == "if_statement":
                otherwise = _all([child])
    return If(node.start_byte, node.end_byte, condition, heads, then, otherwise)


def _guard(node: Parsed) -> Node:
    condition, heads = _conditions(node)
    return If(node.start_byte, node.end_byte, condition, heads, (), _body_statements(node))


def _body_statements(node: Parsed) -> tuple[Node, ...]:
    return tuple(
        found for child in node.named_children if child.type == "statements" for found in _all(child.named_children)
    )


def _ternary(node: Parsed) -> Node:
    parts = [node.child_by_field_name(name) for name in ("condition", "if_true", "if_false")]
    condition, then, otherwise = ((_one(each) if each is not None else []) for each in parts)
    text = " ".join(_text(parts[0]).split()) if parts[0] is not None else ""
    return If(node.start_byte, node.end_byte, text, tuple(condition), tuple(then), tuple(otherwise))


def _switch(node: Parsed) -> Node:
    subject = node.child_by_field_name("expr")
    entries = [child for child in node.named_children if child.type == "switch_entry"]
    cases = tuple(_body_statements(each) for each in entries)
    heads = tuple(_one(subject)) if subject is not None else ()
    names = frozenset(
        _text(bound)
        for each in entries
        for pattern in each.named_children
        if pattern.type == "switch_pattern"
        for bound in _descend(pattern, "simple_identifier")
    )
    return Switch(node.start_byte, node.end_byte, heads, cases, whole=True, falls=False, names=names)


def _loop(node: Parsed) -> Node:
    item = node.child_by_field_name("item")
    names = tuple(_text(each) for each in _descend(item, "simple_identifier"))
    heads = tuple(
        found
        for index, child in enumerate(node.children)
        if node.field_name_for_child(index) in ("collection", "condition") and child.is_named
        for found in _one(child)
    )
    return Loop(node.start_byte, node.end_byte, heads, _body_statements(node), names)


def _do(node: Parsed) -> Node:
    catches = tuple(_body_statements(child) for child in node.named_children if child.type == "catch_block")
    return Try(node.start_byte, node.end_byte, _body_statements(node), catches)


def _transfer(node: Parsed) -> Node:
    word = _text(node.children[0]) if node.children else ""
    value = node.child_by_field_name("result")
    if value is None and word == "throw":
        value = node.named_children[-1]
    return Exit(node.start_byte, node.end_byte, word, _expression(value))


def _assignment(node: Parsed) -> Node:
    target, value = node.child_by_field_name("target"), node.child_by_field_name("result")
    inner = target.named_children[0] if target and target.named_children else target
    return Assign(
        node.start_byte,
        node.end_byte,
        _expression(inner) or Other(node.start_byte, node.end_byte, "?"),
        _expression(value) or Other(node.start_byte, node.end_byte, "?"),
    )


def _binary(node: Parsed) -> Node:
    operation = node.child_by_field_name("op") or node.child_by_field_name("operator")
    sign = _text(operation) if operation else node.type
    return Other(node.start_byte, node.end_byte, sign, _all(child for child in node.children if child != operation))


def _try(node: Parsed) -> Node:
    """What may throw; `try?` and `try!` do not."""
    expression = node.child_by_field_name("expr")
    sign = "try" if _text(node.children[0]) == "try" else "try?"
    return Other(node.start_byte, node.end_byte, sign, tuple(_one(expression)) if expression is not None else ())


def _kind(kind: str) -> Callable[[Parsed], Node]:
    return lambda node: Other(node.start_byte, node.end_byte, kind, _all(node.named_children))


_MAKERS: dict[str, Callable[[Parsed], Node | list[Node]]] = {
    "simple_identifier": _name,
    "type_identifier": _name,
    "self_expression": lambda node: Name(node.start_byte, node.end_byte, "self"),
    "super_expression": lambda node: Name(node.start_byte, node.end_byte, "super"),
    "navigation_expression": _navigation,
    "prefix_expression": _prefix,
    "call_expression": _call,
    "constructor_expression": _call,
    "lambda_literal": _closure,
    "line_string_literal": _string,
    "multi_line_string_literal": _string,
    "raw_string_literal": _string,
    "boolean_literal": _name,
    "nil_literal": lambda node: Nil(node.start_byte, node.end_byte),
    "array_literal": _array,
    "dictionary_literal": _dictionary,
    "property_declaration": _property,
    "protocol_property_declaration": _property,
    "function_declaration": _function,
    "protocol_function_declaration": _function,
    "init_declaration": _function,
    "deinit_declaration": _function,
    "class_declaration": _type,
    "protocol_declaration": _type,
    "if_statement": _if,
    "guard_statement": _guard,
    "ternary_expression": _ternary,
    "switch_statement": _switch,
    "do_statement": _do,
    "control_transfer_statement": _transfer,
    "assignment": _assignment,
    "try_expression": _try,
    "await_expression": _kind("await"),
    "comparison_expression": _binary,
    "equality_expression": _binary,
    "conjunction_expression": _binary,
    "disjunction_expression": _binary,
    "nil_coalescing_expression": _binary,
    "check_expression": lambda node: Other(node.start_byte, node.end_byte, "is"),
    "typealias_declaration": _alias,
    "import_declaration": lambda _: [],
    **dict.fromkeys(_LOOPS, _loop),
}
