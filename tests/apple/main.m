// Starts the app of a delegate in Objective-C; one in Swift has @main, or Start.swift.
#import <UIKit/UIKit.h>

int main(int argc, char *argv[]) {
    @autoreleasepool {
        return UIApplicationMain(argc, argv, nil, @"AppDelegate");
    }
}
