// The virtual device: a clock, queues, background tasks, trackers and the network, played from a schedule.
// The Swift and the Objective-C stand-ins are thin layers over it, so that both write the same trace.
#ifndef VIRTUAL_DEVICE_H
#define VIRTUAL_DEVICE_H

#include <stdbool.h>

#pragma clang assume_nonnull begin

/// A closure of the language above: `run` may be called once, on the thread of its queue; then, or without, `drop` frees `context`.
struct device_block {
    void (*run)(void *_Nullable context);
    void (*drop)(void *_Nullable context);
    void *_Nullable context;
};

/// One that may be called several times, with a number.
struct device_function {
    void (*run)(void *_Nullable context, int number);
    void (*drop)(void *_Nullable context);
    void *_Nullable context;
};

// Dispatch. Queues are numbers: 0 is main, 1 the global one.
enum { DEVICE_MAIN = 0, DEVICE_GLOBAL = 1 };
int device_queue(bool concurrent);
void device_async(int queue, struct device_block block);
void device_after(double seconds, int queue, struct device_block block);
/// The timer whose block has this context never fires.
void device_cancel(void *context);
double device_now(void);
int device_semaphore(long value);
void device_signal(int semaphore);
/// With nothing to take, a block is suspended here, for so many seconds at most; where nothing else can run the program ends. Says
/// whether there was a signal.
bool device_wait(int semaphore, double seconds);
/// Whether a block of this queue may run at once, in the place of one that waits for it: `device_leave` says that it is over. One
/// that would wait for itself ends the program.
bool device_enter(int queue);
void device_leave(int queue);
/// Whether what runs just now is one of this queue's.
bool device_is_within(int queue);

// Foundation: the block of an activity runs with 0, and with 1 when its time is up.
void device_activity(const char *reason, struct device_function block);

// UIKit
long device_begin_task(const char *_Nullable name, struct device_block expiration);
void device_end_task(long task);
void device_fetch_interval(double seconds);
void device_wants_pushes(void);
void device_missing(const char *selector);
/// The app's delegate is there, and is told next that the launch is over.
void device_has_delegate(void);
/// The app's delegate says that the launch has failed.
void device_declined(void);
bool device_in_background(void);
/// Whether what runs just now is on the main thread.
bool device_is_on_main(void);
/// Whether the app has a scene manifest: its delegate hears less, and its scene's does.
bool device_has_scenes(void);
/// Whether the app is on the screen, and something else before it.
bool device_is_inactive(void);

// Whatever the system calls and the app must complete; the first three are UIKit's raw values.
enum device_result {
    DEVICE_NEW_DATA,
    DEVICE_NO_DATA,
    DEVICE_FETCH_FAILED,
    DEVICE_SUCCESS,
    DEVICE_FAILURE,
    DEVICE_SNAPSHOT,
    DEVICE_NO_SNAPSHOT,
    DEVICE_RESTORED,
    DEVICE_OUTDATED
};
void device_complete(int call, enum device_result result);

/// What the person's own work hears where it has failed, beside 1 where it was good, and 0.
enum { DEVICE_FAILED = 2 };
/// The rest of the app waits while this runs off the main thread.
void device_beside(struct device_block block);

/// The person's own work begins; `done` gets what became of it, and may be called twice; that of scheduled work gets -1 where it
/// never will be done. Gives its number, or 0 where it is over. A "request" of the app's own code is answered once,
/// off the main thread.
int device_work(const char *kind, struct device_function done);
/// Work of this number is told that time is up; it may still end in any way.
void device_stop(int work);

// BackgroundTasks and WatchKit
/// The handler gets the number of the call.
void device_register(const char *task, struct device_function handler);
/// Asks for one run, `earliest` seconds from now or later, with `network` only while there is one, and with `power` only while the
/// device is charged; a refresh of WatchKit has no task's name.
void device_submit(const char *task, const char *kind, double earliest, bool network, bool power);
/// Whether the next request is refused.
bool device_refuses(void);
/// The same, which is to be asked for off the main thread: the request is taken or not, and `answer` called, on any queue after any delay.
void device_ask(const char *task, const char *kind, double earliest, bool network, bool power, struct device_block answer);
/// Takes back what was asked for, of one task or, with NULL, of all.
void device_withdraw(const char *_Nullable task);
/// What a call of the system's ends with, on a thread that nobody names: at once if the system is eager, else never.
void device_completion(struct device_block completion);
/// The app is handed a task, whose time may be up from now on: what is called then, and whether on the main thread.
void device_on_expiry(int call, bool on_main, struct device_block handler);
/// The app has said what is to be called then.
void device_hears_expiry(int call);

// Tracker. Modes and a gesture's actions are the SDK's raw values (Sources/Tracker.swift, Gesture.swift, 2.23.10); a screen's view is one more.
enum { DEVICE_VIEW = 5 };
enum device_method {
    DEVICE_BUILD_DID_END,
    DEVICE_SEND_DID_END,
    DEVICE_SAVE_DID_END,
    DEVICE_WARNING_DID_OCCUR,
    DEVICE_ERROR_DID_OCCUR,
    DEVICE_DID_CALL_PARTNER // only the SDK before calls it (ATTVTrackingPlugin.m)
};
typedef void (*device_listener)(void *context, enum device_method method, bool success, const char *message);
/// The SDK before tells errorDidOccur: of a configuration that is not complete, and builds the hit all the same (ATBuilder.m).
extern bool device_builds_all;
/// One entry of the configuration of the tracker that is asked for or configured next.
void device_setting(const char *key, const char *value);
/// The tracker of that name; if it is new it takes the settings made so far.
int device_tracker(const char *name);
/// Lays the settings made so far over a tracker's configuration, or puts them in its place.
void device_configure(int tracker, bool override);
long device_mode(int tracker);
void device_set_mode(int tracker, long mode);
void device_hit(int tracker, long action, const char *name, const char *_Nullable chapter1, const char *_Nullable chapter2,
                const char *_Nullable chapter3);
/// One property of the event that is added next.
void device_text(const char *key, const char *value);
void device_integer(const char *key, long value);
void device_boolean(const char *key, bool value);
/// The event waits until all that were added to the tracker are sent in one hit (Sources/Event.swift).
void device_event(int tracker, const char *name);
void device_send_events(int tracker);
/// A visitor's mode lets one parameter more through (Sources/Privacy.swift).
void device_let_through(const char *mode, const char *key);
/// Whether the app has said what its user agent is: the first hit need not ask a web view (Sources/Sender.swift).
extern bool device_has_user_agent;
/// What a tracker's delegate hears goes to `listener`, NULL: it has none. The context is borrowed.
void device_listen(int tracker, device_listener _Nullable listener, void *_Nullable context);
/// The delegate that the app's tracker had before hears of something; where no tracker keeps its delegate it has no such method.
void device_heard(int tracker, enum device_method method, bool success, const char *message);
/// Whether other code has put its own delegate into the tracker's slot.
bool device_is_taken(int tracker);
/// Whether a tracker keeps its delegate alive: one of 2.16.0 does not (Tracker.swift, commit 029c031), nor of the SDK before (ATTracker.h).
bool device_keeps_delegates(void);

/// An object of the app's own, its end, and a change of what is stored there, as the language's runtime tells; the name lives on.
void device_made(const void *object, unsigned long size, const char *class_name);
void device_freed(const void *object);
void device_changed(const void *place);

/// The number of the step that whatever runs just now descends from; a language's runtime may know of another than the device.
int device_from(void);
extern int (*_Nullable device_root)(int otherwise);

/// At the end of this replay `forget` is called, so that nothing lives on into the next.
void device_at_end(void (*forget)(void));

/// The kinds of background tasks that a watch app is handed.
enum device_refresh { DEVICE_REFRESH, DEVICE_SNAPSHOT_TASK, DEVICE_DATA_TASK, DEVICE_MESSAGE_TASK, DEVICE_OTHER_TASK };

/// How the stand-ins for UIKit or WatchKit reach the app's delegate; `launch` makes it. With `scenes` it hears less.
struct device_app {
    void (*launch)(void);
    void (*enter_background)(bool scenes);
    void (*enter_foreground)(bool scenes);
    void (*_Nullable fetch)(int call);                           // UIKit's
    void (*_Nullable push)(int call);                            // UIKit's: a silent push
    /// WatchKit's: a set of background tasks, the calls in a row from `first` on, which are to be met in the order of `kinds`.
    void (*_Nullable handle)(int first, const enum device_refresh *kinds, int count);
};
/// Replays the schedules on standard input until it ends; the process's exit code.
int device_main(struct device_app app);

#pragma clang assume_nonnull end
#endif
