// What an app's own code asks the network, over the virtual device, with ARC: each request is answered later, off the main thread,
// every second one by an error, and of the others every second one by what is no JSON.
#import <UIKit/UIKit.h>

#include "device_block.h"

#ifndef __APPLE__
@implementation NSURL {
    NSString *text;
}
+ (instancetype)URLWithString:(NSString *)URLString {
    NSURL *url = [NSURL new];
    url->text = URLString;
    return URLString.length ? url : nil;
}
+ (NSURL *)fileURLWithPath:(NSString *)path { return [NSURL URLWithString:[@"file://" stringByAppendingString:path]]; }
- (NSString *)absoluteString { return text; }
- (NSString *)path {
    NSArray<NSString *> *parts = [text componentsSeparatedByString:@"://"];
    return [text hasPrefix:@"file:"] ? parts.lastObject : text;
}
- (NSURL *)URLByAppendingPathComponent:(NSString *)component {
    return [NSURL URLWithString:[text stringByAppendingPathComponent:component]];
}
@end

@implementation NSURLRequest {
    NSURL *url;
}
+ (instancetype)requestWithURL:(NSURL *)URL {
    NSURLRequest *request = [self new];
    request->url = URL;
    return request;
}
- (NSURL *)URL { return url; }
@end

@implementation NSMutableURLRequest
- (void)setValue:(NSString *)value forHTTPHeaderField:(NSString *)field {
}
- (void)addValue:(NSString *)value forHTTPHeaderField:(NSString *)field {
}
@end

@implementation NSURLResponse
@end

@implementation NSHTTPURLResponse
- (NSInteger)statusCode { return 200; }
@end
#endif

static int answers;
static void forget(void) { answers = 0; }

@implementation NSURLSessionTask {
  @public
    void (^answer)(NSData *, NSURLResponse *, NSError *);
    BOOL isCancelled;
}
- (void)resume { // once; without it nothing happens
    void (^once)(NSData *, NSURLResponse *, NSError *) = answer;
    answer = nil;
    if (!once) return;
    device_work("request", device_function(^(int good) {
        if (good && !self->isCancelled) {
            if (!answers++) device_at_end(forget);
            once([answers % 2 ? @"{}" : @"<html></html>" dataUsingEncoding:NSUTF8StringEncoding], [NSHTTPURLResponse new], nil);
        } else { // NSURLErrorCancelled, NSURLErrorNotConnectedToInternet
            once(nil, nil, [NSError errorWithDomain:@"NSURLErrorDomain" code:self->isCancelled ? -999 : -1009 userInfo:nil]);
        }
    }));
}
- (void)cancel { isCancelled = YES; }
@end

@implementation NSURLSessionDataTask
@end

@implementation NSURLSessionConfiguration
+ (NSURLSessionConfiguration *)defaultSessionConfiguration { return [NSURLSessionConfiguration new]; }
+ (NSURLSessionConfiguration *)ephemeralSessionConfiguration { return [NSURLSessionConfiguration new]; }
@end

@implementation NSURLSession
+ (NSURLSession *)sessionWithConfiguration:(NSURLSessionConfiguration *)configuration { return [NSURLSession new]; }
+ (NSURLSession *)sharedSession {
    static NSURLSession *session;
    return session ?: (session = [NSURLSession new]);
}
- (NSURLSessionDataTask *)dataTaskWithURL:(NSURL *)url completionHandler:(void (^)(NSData *, NSURLResponse *, NSError *))completionHandler {
    NSURLSessionDataTask *task = [NSURLSessionDataTask new];
    task->answer = [completionHandler copy];
    return task;
}
- (NSURLSessionDataTask *)dataTaskWithRequest:(NSURLRequest *)request
                            completionHandler:(void (^)(NSData *, NSURLResponse *, NSError *))completionHandler {
    return [self dataTaskWithURL:request.URL completionHandler:completionHandler];
}
@end
