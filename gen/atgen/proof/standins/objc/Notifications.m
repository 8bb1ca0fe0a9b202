// NSNotificationCenter of linux/Foundation/Foundation.h, with ARC.
#import <Foundation/Foundation.h>

#include "device_block.h"

@interface NSNotification ()
@property (readwrite, copy) NSNotificationName name;
@property (readwrite, strong) id object;
@property (readwrite, copy) NSDictionary *userInfo;
@end

@implementation NSNotification
@end

// Observers are not kept alive; a block is observed by itself.
@interface Observer : NSObject
@property (nonatomic, weak) id observer;
@property (nonatomic) SEL selector;
@property (nonatomic, copy) void (^block)(NSNotification *notification);
@property (nonatomic) BOOL isOfMain;
@property (nonatomic, copy) NSNotificationName name;
@property (nonatomic, unsafe_unretained) id object;
@end

@implementation Observer
@end

// Replaced when it changes, which may be while it is gone through.
static NSMutableArray<Observer *> *observers;

static void forget(void) { observers = nil; }

static Observer *observe(NSNotificationName name, id object) {
    if (!observers) {
        device_at_end(forget);
    }
    Observer *made = [Observer new];
    made.name = name;
    made.object = object;
    NSMutableArray<Observer *> *more = [NSMutableArray array];
    for (Observer *each in observers) {
        [more addObject:each];
    }
    [more addObject:made];
    observers = more;
    return made;
}

// The device posts on the main thread only, where an operation of the main queue runs at once too; who posts waits for one of
// another queue (CFNotificationCenter).
@implementation NSNotificationCenter

+ (NSNotificationCenter *)defaultCenter {
    static NSNotificationCenter *center;
    return center ?: (center = [self new]);
}

- (void)addObserver:(id)observer selector:(SEL)selector name:(NSNotificationName)name object:(id)object {
    Observer *made = observe(name, object);
    made.observer = observer;
    made.selector = selector;
}

- (id<NSObject>)addObserverForName:(NSNotificationName)name
                            object:(id)object
                             queue:(NSOperationQueue *)queue
                        usingBlock:(void (^)(NSNotification *notification))block {
    Observer *made = observe(name, object);
    made.block = block;
    made.isOfMain = !queue || queue == NSOperationQueue.mainQueue;
    made.observer = made;
    return made;
}

- (void)removeObserver:(id)observer {
    [self removeObserver:observer name:nil object:nil];
}

- (void)removeObserver:(id)observer name:(NSNotificationName)name object:(id)object {
    NSMutableArray<Observer *> *fewer = [NSMutableArray array];
    for (Observer *each in observers) {
        if (each.observer != observer || (name && ![name isEqualToString:each.name])) {
            [fewer addObject:each];
        }
    }
    observers = fewer;
}

- (void)postNotificationName:(NSNotificationName)name object:(id)object {
    [self postNotificationName:name object:object userInfo:nil];
}

- (void)postNotificationName:(NSNotificationName)name object:(id)object userInfo:(NSDictionary *)userInfo {
    NSNotification *notification = [NSNotification new];
    notification.name = name;
    notification.object = object;
    notification.userInfo = userInfo;
    NSArray<Observer *> *all = observers;
    for (Observer *each in all) {
        if ((each.name && ![each.name isEqualToString:name]) || (each.object && each.object != object)) {
            continue;
        }
        if (each.block && each.isOfMain) {
            each.block(notification);
        } else if (each.block) {
            device_beside(device_block(^{
                each.block(notification);
            }));
        } else {
            [each.observer performSelector:each.selector withObject:notification];
        }
    }
}

@end
