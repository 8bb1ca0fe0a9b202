// WebKit, with ARC: no web view answers.
#import <WebKit/WebKit.h>

@implementation WKWebView

- (void)evaluateJavaScript:(NSString *)javaScriptString completionHandler:(void (^)(id, NSError *))completionHandler {
}

@end
