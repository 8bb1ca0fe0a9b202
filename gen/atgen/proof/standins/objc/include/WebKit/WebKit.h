// Stand-in for <WebKit/WebKit.h>: what an app asks a web view for its user agent with, under the names of Apple's documentation.
#ifndef WEBKIT_H
#define WEBKIT_H

#import <UIKit/UIKit.h>

NS_ASSUME_NONNULL_BEGIN

// WKWebView
@interface WKWebView : UIView
// evaluateJavaScript:completionHandler:
- (void)evaluateJavaScript:(NSString *)javaScriptString
         completionHandler:(void (^_Nullable)(_Nullable id, NSError *_Nullable error))completionHandler;
@end

NS_ASSUME_NONNULL_END

#endif
