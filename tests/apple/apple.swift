// What the bundle takes from Apple's systems and from the SDK that the stand-ins do not have: for the compiler only. Where the
// toolchain's Foundation has it, it is that. XCTest brings all of that Foundation along, so what is in both is named too.
import Foundation
import FoundationNetworking
import Tracker
import UIKit
import VirtualFoundation

typealias Data = Foundation.Data
typealias NSLock = Foundation.NSLock
typealias NSNumber = Foundation.NSNumber
typealias Thread = Foundation.Thread
typealias URLComponents = Foundation.URLComponents
typealias HTTPURLResponse = FoundationNetworking.HTTPURLResponse
typealias URLProtocol = FoundationNetworking.URLProtocol
typealias URLRequest = FoundationNetworking.URLRequest
typealias Notification = VirtualFoundation.Notification
typealias NotificationCenter = VirtualFoundation.NotificationCenter

/// Apple: URLSessionConfiguration, which only on Apple's systems is a class of Objective-C.
@objc class URLSessionConfiguration: ObjectiveC.NSObject {
    /// Apple: protocolClasses
    var protocolClasses: [AnyClass]?
}

/// Apple: Selector
struct Selector {}
/// Apple: NSSelectorFromString(_:)
func NSSelectorFromString(_ aSelectorName: String) -> Selector { Selector() }
/// Apple: Method
typealias Method = OpaquePointer
/// Apple: class_getClassMethod(_:_:)
func class_getClassMethod(_ cls: AnyClass?, _ name: Selector) -> Method? { nil }
/// Apple: method_exchangeImplementations(_:_:)
func method_exchangeImplementations(_ m1: Method, _ m2: Method) {}

extension ATInternet {
    /// ATInternet.swift
    var userAgent: String {
        get { "" }
        set {}
    }
}
