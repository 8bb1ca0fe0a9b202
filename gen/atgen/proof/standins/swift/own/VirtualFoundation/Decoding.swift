// What a server's answer says nobody knows: it is an empty object, and where an app's types ask for more, whatever they ask for.

/// Apple: JSONDecoder, the real one but for the body of an answer, in which it finds all that a type needs.
public final class JSONDecoder: Foundation.JSONDecoder, @unchecked Sendable {
    public override func decode<T: Decodable>(_ type: T.Type, from data: Data) throws -> T {
        do {
            return try super.decode(type, from: data)
        } catch where data == answerBody {
            return try Answer().value(type)
        }
    }
}

/// A text is empty, a number 0, a list has one entry, and what holds itself ends soon.
private struct Answer: Decoder, SingleValueDecodingContainer {
    var codingPath: [any CodingKey] = []
    var userInfo: [CodingUserInfoKey: Any] = [:]
    var depth = 0
    private static let deepest = 8

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> { KeyedDecodingContainer(Keyed(inside)) }
    func unkeyedContainer() -> any UnkeyedDecodingContainer { Unkeyed(inside) }
    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    var inside: Answer { Answer(depth: depth + 1) }
    func decodeNil() -> Bool { depth > Self.deepest }
    func decode(_ type: Bool.Type) -> Bool { false }
    func decode(_ type: String.Type) -> String { "" }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try value(type) }

    func value<T: Decodable>(_ type: T.Type) throws -> T {
        let known: [Any] = [
            Date(), UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), URL(string: "https://example.com")!, Data(), Decimal(), 0.0,
            Float(0), 0, UInt(), Int64(), UInt64(), Int32(), UInt32(), Int16(), UInt16(), Int8(), UInt8(),
        ]
        if let found = known.first(where: { Swift.type(of: $0) == type }) { return found as! T }
        return try T(from: self)
    }

    struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let answer: Answer
        let codingPath: [any CodingKey] = []
        let allKeys: [Key] = []

        init(_ answer: Answer) { self.answer = answer }
        func contains(_ key: Key) -> Bool { true }
        func decodeNil(forKey key: Key) -> Bool { answer.decodeNil() }
        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try answer.value(type) }
        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedDecodingContainer<Nested> {
            answer.container(keyedBy: type)
        }
        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer { answer.unkeyedContainer() }
        func superDecoder() -> any Decoder { answer }
        func superDecoder(forKey key: Key) -> any Decoder { answer }
    }

    struct Unkeyed: UnkeyedDecodingContainer {
        let answer: Answer
        let codingPath: [any CodingKey] = []
        var currentIndex = 0
        var count: Int? { answer.depth > Answer.deepest ? 0 : 1 }
        var isAtEnd: Bool { currentIndex == count }

        init(_ answer: Answer) { self.answer = answer }
        func decodeNil() -> Bool { answer.decodeNil() }
        mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
            currentIndex += 1
            return try answer.value(type)
        }
        mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedDecodingContainer<Nested> {
            currentIndex += 1
            return answer.container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer {
            currentIndex += 1
            return answer.unkeyedContainer()
        }
        mutating func superDecoder() -> any Decoder { answer }
    }
}
