// The virtual device. Whatever could happen next is a choice with a label; where several are open, the schedule says which.
//
// A block runs to its end: nothing preempts it, but for the SDK that is eager and builds a hit beside it. What runs on the main thread runs on the process's main thread, everything
// else on another thread while the main thread waits, so that main-actor isolation is checked for real. Only the block of an
// activity can stop midway, at a semaphore.
// Every rule of the SDK names the file of ATInternet-Apple-SDK 2.23.10 that it was read in.
#define _GNU_SOURCE // sched_getcpu
#include "device.h"
#include "json.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECOND_LIMIT = 2 };  // of the processor's time: a replay takes a thousandth of one
enum { STEP_LIMIT = 1000 }; // a run that takes more steps is one that never ends

// ------------------------------------------------------------------------------------------------------------------ memory

// What lives as long as the replay.
static struct chunk { struct chunk *next; size_t used, size; char bytes[]; } *chunks;

static void *room_for(size_t size) {
    size = (size + 7) / 8 * 8;
    if (!chunks || chunks->size - chunks->used < size) {
        size_t room = size < 65536 ? 65536 : size;
        struct chunk *chunk = reallocate(NULL, 1, sizeof *chunk + room);
        *chunk = (struct chunk){chunks, 0, room};
        chunks = chunk;
    }
    void *room = chunks->bytes + chunks->used;
    chunks->used += size;
    return room;
}

static const char *keep(const char *string) {
    size_t size = strlen(string) + 1;
    return memcpy(room_for(size), string, size);
}

static void forget_kept(void) {
    while (chunks && chunks->next) {
        struct chunk *next = chunks->next;
        free(chunks);
        chunks = next;
    }
    if (chunks) chunks->used = 0;
}

// ------------------------------------------------------------------------------------------------------------------- state

enum thread { ON_MAIN, ON_BACKGROUND, ON_SDK };
enum outcome { SENT, FAILED, OFFLINE, HANG, UNSAVED, OPTED_OUT, USER_AGENT, REFUSED, NOT_RESENT, OUTCOMES };
enum ending { AT_ONCE, DONE, DONE_ON_MAIN, DONE_TWICE, DONE_FAILED, NEVER, ENDINGS }; // of the person's work
enum kind { LAUNCH, FETCH, PUSH, BACKGROUND, FOREGROUND, SCENE_BACKGROUND, RUN_TASK, LOOK, REST, REFRESH, HIT, DEDICATED_HIT, DELEGATE, MODE, KINDS };

static const char *const THREADS[] = {"main", "background", "sdk"};
static const char *const OUTCOME[] = {"sent", "failed", "offline", "hang", "unsaved", "opted_out", "user_agent", "refused", "not_resent"};
static const char *const ENDING[] = {"at_once", "done", "done_on_main", "done_twice", "done_failed", "never"};
static const char *const KIND[] = {"launch",   "fetch", "push", "background", "foreground", "scene_background", "run_task",
                                   "look",     "rest",  "refresh", "hit", "dedicated_hit", "delegate", "mode"};
static const char *const MODES[] = {"normal", "task", "fetch"};                              // Sources/Tracker.swift
static const char *const ACTIONS[] = {"touch", "navigation", "download", "exit", "search", "view"}; // Sources/Gesture.swift, Screen.swift
static const char *const CLICKS[] = {"A", "N", "T", "S", "IS", ""};                                 // a screen has none
static const char *const RESULTS[] = {"newData", "noData", "failed", "success", "failure", "snapshot", "no snapshot", "restored", "outdated"};
static const char *const METHODS[] = {"buildDidEnd:message:", "sendDidEnd:message:", "saveDidEnd:", "warningDidOccur:", "errorDidOccur:", "didCallPartner:"};

#define LENGTH(array) (int)(sizeof(array) / sizeof *(array))
#define NAME(names, number) ((number) >= 0 && (number) < LENGTH(names) ? (names)[number] : "?")

// How long nothing happens before what is done in turn: what an app keeps from its launch is old by then.
enum { LATER = 24 * 60 * 60 };

// The scenario: as read, the same for the schedules that follow.
struct step { enum kind kind; char *text; bool in_turn; };
static struct scenario {
    struct step *steps; size_t step_count, step_room;
    enum outcome *network; size_t network_count, network_room;
    enum ending *work; size_t work_count, work_room;
    char *privacy;
    struct pair { char *key, *value; } *global_tracker; size_t pair_count, pair_room;
    long stored, parts;
    bool expirations, scenes, eager, woken, refuses_first, refuses_others, weak_delegate, on_time;
} scenario;
static char **schedule;
static size_t schedule_count, schedule_room;

// One replay: all of it is forgotten before the next.
struct item { int id, queue, from; bool timer; double due; struct device_block block; int rest; }; // rest: one more than the strand whose rest it is
struct task { bool open, expired; int from, start, running; struct device_block expiration; struct device_function activity; };
struct call { bool may_expire, on_main, hears; int from; struct device_block expiration; };
struct asked { bool open, refused; int from; const char *task; struct device_block answer; };
struct handler { const char *task; struct device_function function; };
struct wait { int semaphore, strand; };
struct setting { const char *key, *value; struct setting *next; };
struct tracker { const char *name; struct setting *settings; long mode; device_listener listener; void *context; bool taken, had; };
struct parameter { const char *key, *value; };
struct hit { int number, tracker, from; struct parameter parameters[4]; const char **urls; int url, url_count; bool incomplete, joins; };
struct property { const char *key, *json; };
struct event { int tracker; const char *name; struct property *properties; size_t count; };
struct work { bool open, good, failed, is_told, is_request; int from; struct device_function done; };
struct included { const char *mode, *key; };
struct stored { int number; const char *url; };
struct object { const char *at; unsigned long size; const char *class_name; enum thread on; };

static struct item *items; static size_t item_count, item_room;       // blocks that wait, in order of enqueue
struct queue { bool concurrent; int within; };                           // within: one more than the strand that is in a serial one
static struct queue *queues; static size_t queue_count, queue_room;
static struct task *tasks; static size_t task_count, task_room;       // background tasks, and activities, which have a block
static struct call *calls; static size_t call_count, call_room;
static struct work *works; static size_t work_count, work_room;         // the person's
static struct property *properties; static size_t property_count, property_room; // of the event that is added next
static struct event *events; static size_t event_count, event_room;     // that wait, of all trackers
static struct included *included; static size_t included_count, included_room; // what modes let through beside their own
static struct handler *handlers; static size_t handler_count, handler_room;
static const char **requests; static size_t request_count, request_room; // the tasks that were asked for, in this order
static struct asked *asked; static size_t asked_count, asked_room;       // requests that are answered later
static long *semaphores; static size_t semaphore_count, semaphore_room;
static struct wait *waits; static size_t wait_count, wait_room;         // who waits longest comes first
static struct tracker *trackers; static size_t tracker_count, tracker_room;
static struct setting *settings;                                        // of the tracker that is made next, by key
static struct hit *hits; static size_t hit_count, hit_room, hit_done;  // the SDK's queue: those from hit_done on
static struct stored *stored; static size_t stored_count, stored_room, stored_done;
static struct object *objects; static size_t object_count, object_room; // the app's, which live
static void (**forgetting)(void); static size_t forgetting_count, forgetting_room;
static int last_item, steps_taken, requests_made;
static size_t next_step, next_label;
static double now;
static bool has_delegate, launched, in_background, is_woken, stuck, asked_partner, over;
static struct { enum thread on; int from; } current;
static struct device_app app; // `handle`: it is a watch's
bool device_builds_all, device_has_user_agent;

// ------------------------------------------------------------------------------------------------------------------- trace

static int output; // the standard output; what the app prints goes to the standard error
static struct text trace;
static bool with_places;
static size_t line_start;

int (*device_root)(int otherwise);

// The number of the step that everything descends from that happens just now.
int device_from(void) { return device_root ? device_root(current.from) : current.from; }

static void line(const char *event) {
    line_start = trace.length;
    add(&trace, "{\"t\":");
    add_seconds(&trace, now);
    add(&trace, ",\"on\":\"");
    add(&trace, THREADS[current.on]);
    add(&trace, "\",\"from\":");
    add_integer(&trace, device_from());
    add(&trace, ",\"event\":\"");
    add(&trace, event);
    add(&trace, "\"");
}

static void field(const char *name) {
    add(&trace, ",\"");
    add(&trace, name);
    add(&trace, "\":");
}

static void integer(const char *name, long number) { field(name); add_integer(&trace, number); }
static void boolean(const char *name, bool value) { field(name); add(&trace, value ? "true" : "false"); }
static void string(const char *name, const char *value) { field(name); add_json(&trace, value); }

// Where the program is: return addresses, innermost first, as offsets into the executable.
static void places(void *const *frames, int count) {
    Dl_info ours, theirs;
    dladdr((void *)device_main, &ours);
    field("at");
    add(&trace, "[");
    bool more = false;
    for (int i = 0; i < count; i++) {
        if (!dladdr(frames[i], &theirs) || theirs.dli_fbase != ours.dli_fbase) continue;
        if (more) add(&trace, ",");
        add_integer(&trace, (char *)frames[i] - (char *)ours.dli_fbase);
        more = true;
    }
    add(&trace, "]");
}

static void end_line(void) {
    if (with_places) {
        void *frames[64];
        places(frames, backtrace(frames, LENGTH(frames)));
    }
    add(&trace, "}\n");
    if (over) trace.length = line_start; // what dies with the replay has no say any more
    line_start = trace.length;
}

static void flush(void) {
    for (size_t done = 0; done < trace.length;) {
        ssize_t written = write(output, trace.bytes + done, trace.length - done);
        if (written <= 0) _exit(4);
        done += (size_t)written;
    }
    trace.length = 0;
}

static pid_t child; // that plays in the place of this process
static _Thread_local int self; // the strand
static void leave_for_good(void);

// What the child was told, or died of, is this process's end as well; whoever reads plays the rest with another.
static void end_with_child(int signal) {
    int status = 0;
    if (signal) kill(child, signal);
    waitpid(child, &status, 0);
    child = 0;
    if (WIFSIGNALED(status)) {
        sigaction(WTERMSIG(status), &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
        raise(WTERMSIG(status));
    }
    if (status || signal) _exit(WEXITSTATUS(status));
}

// The line that was being written is lost; every line before it is not. A block that was suspended comes to its end unseen.
static void crashed(int signal) {
    if (over && self) leave_for_good();
    if (child) end_with_child(signal);
    trace.length = line_start;
    flush(); // makes room: no memory can be asked for here
    line("crash");
    string("signal", signal == SIGILL ? "SIGILL" : signal == SIGTRAP ? "SIGTRAP" : signal == SIGABRT ? "SIGABRT"
           : signal == SIGSEGV ? "SIGSEGV" : signal == SIGBUS ? "SIGBUS" : signal == SIGPROF ? "SIGPROF" : "SIGFPE");
    if (signal == SIGPROF) string("reason", "a block does not end");
    void *frames[64];
    Dl_info function;
    const char *name = NULL;
    int count = backtrace(frames, LENGTH(frames));
    for (int i = 2; !name && i < count; i++) // behind this function and what the kernel calls it by
        if (dladdr(frames[i], &function)) name = function.dli_sname;
    string("in", name ? name : "");
    places(frames, count);
    add(&trace, "}\n\n");
    flush();
    _exit(3);
}

// ---------------------------------------------------------------------------------------------------- what the stand-ins call

static void drop(struct device_block *block) {
    struct device_block dropped = *block;
    *block = (struct device_block){0};
    if (dropped.drop) dropped.drop(dropped.context);
}

static struct item *enqueue(int queue, bool timer, double due, struct device_block block) {
    static struct item nothing;
    if (over) {
        drop(&block);
        return &nothing;
    }
    GROW(items, item_count, item_room);
    items[item_count] = (struct item){++last_item, queue, device_from(), timer, due, block, 0};
    return &items[item_count++];
}

static struct item take(size_t index) {
    struct item item = items[index];
    memmove(items + index, items + index + 1, (--item_count - index) * sizeof *items);
    return item;
}

int device_queue(bool concurrent) {
    GROW(queues, queue_count, queue_room);
    queues[queue_count] = (struct queue){concurrent};
    return (int)queue_count++;
}

void device_async(int queue, struct device_block block) { enqueue(queue, false, 0, block); }
void device_after(double seconds, int queue, struct device_block block) { enqueue(queue, true, now + (seconds > 0 ? seconds : 0), block); }
void device_cancel(void *context) {
    for (size_t i = 0; i < item_count; i++)
        if (items[i].timer && items[i].block.context == context) {
            struct item item = take(i);
            drop(&item.block);
            return;
        }
}

double device_now(void) { return now; }

static long begin(const char *name, struct task task) {
    GROW(tasks, task_count, task_room);
    task.open = true;
    task.from = device_from();
    tasks[task_count++] = task;
    line("begin");
    integer("task", (long)task_count);
    string("name", name ? name : "");
    end_line();
    return (long)task_count;
}

// What runs still holds it.
static void drop_activity(struct task *task) {
    struct device_function block = task->activity;
    if (task->open || task->running || !block.run) return;
    task->activity = (struct device_function){0};
    block.drop(block.context);
}

static void end(long number, bool valid) {
    line("end");
    integer("task", number);
    boolean("valid", valid);
    end_line();
    if (!valid) return;
    tasks[number - 1].open = false;
    drop(&tasks[number - 1].expiration);
}

long device_begin_task(const char *name, struct device_block expiration) {
    return begin(name, (struct task){.expiration = expiration});
}

void device_end_task(long number) {
    end(number, number > 0 && (size_t)number <= task_count && tasks[number - 1].open && !tasks[number - 1].activity.run);
}

void device_fetch_interval(double seconds) {
    line("interval");
    field("seconds");
    add_seconds(&trace, seconds);
    end_line();
}

static void end_work(int index) {
    line("done");
    integer("work", index + 1);
    boolean("good", works[index].good);
    if (works[index].failed) boolean("failed", true);
    end_line();
    struct device_function done = works[index].done;
    done.run(done.context, works[index].failed ? DEVICE_FAILED : works[index].good);
}

// Whose work is over holds nothing of the app's any more.
static void drop_work(int index) {
    struct device_function done = works[index].done;
    works[index].done = (struct device_function){0};
    done.drop(done.context);
}

int device_work(const char *kind, struct device_function done) {
    GROW(works, work_count, work_room);
    bool is_request = !strcmp(kind, "request");
    works[work_count] = (struct work){true, work_count % 2 == 0, false, !strncmp(kind, "scheduled", 9), is_request, device_from(), done};
    work_count++;
    line("work");
    integer("work", (long)work_count);
    string("kind", kind);
    end_line();
    if (scenario.work[0] != AT_ONCE || is_request) return (int)work_count;
    int index = (int)work_count - 1;
    works[index].open = false;
    end_work(index);
    drop_work(index);
    return 0;
}

void device_stop(int work) {
    line("stop");
    integer("work", work);
    end_line();
}

void device_wants_pushes(void) {
    line("wants_pushes");
    end_line();
}

static int new_call(void) {
    GROW(calls, call_count, call_room);
    calls[call_count++] = (struct call){.from = current.from};
    return (int)call_count;
}

void device_complete(int call, enum device_result result) {
    calls[call - 1].may_expire = false;
    drop(&calls[call - 1].expiration);
    line("complete");
    integer("call", call);
    string("result", NAME(RESULTS, (long)result));
    end_line();
}

void device_on_expiry(int call, bool on_main, struct device_block handler) {
    drop(&calls[call - 1].expiration);
    calls[call - 1] = (struct call){.may_expire = true, .on_main = on_main, .from = calls[call - 1].from, .expiration = handler};
}

void device_hears_expiry(int call) { calls[call - 1].hears = true; }

// The same task again: the last handler counts. When the launch is over the real scheduler ends the app (BGTaskScheduler.h).
void device_register(const char *task, struct device_function function) {
    size_t i = 0;
    while (i < handler_count && strcmp(handlers[i].task, task)) i++;
    if (i == handler_count) {
        GROW(handlers, handler_count, handler_room);
        handler_count++;
    } else handlers[i].function.drop(handlers[i].function.context);
    handlers[i] = (struct handler){keep(task), function};
    line("register");
    string("task", task);
    if (launched) boolean("late", true);
    end_line();
}

// Takes a request off, if it is there.
static bool withdraw(const char *task) {
    for (size_t i = 0; i < request_count; i++)
        if (!strcmp(requests[i], task)) {
            memmove(requests + i, requests + i + 1, (--request_count - i) * sizeof *requests);
            return true;
        }
    return false;
}

static void take_request(const char *task) {
    withdraw(task);
    GROW(requests, request_count, request_room);
    requests[request_count++] = keep(task);
}

static void take_back(const char *task) {
    if (!withdraw(task)) return;
    line("withdrawn");
    string("task", task);
    end_line();
}

void device_withdraw(const char *task) {
    if (task) take_back(task);
    else
        while (request_count) take_back(requests[0]);
}

bool device_refuses(void) { return requests_made ? scenario.refuses_others : scenario.refuses_first; }

// Says whether the request is refused.
static bool submit(const char *task, const char *kind, double earliest, bool network, bool power, bool answers) {
    bool refused = device_refuses();
    requests_made++;
    line("submit");
    string("task", task);
    string("kind", kind);
    field("earliest");
    add_seconds(&trace, earliest);
    if (network) boolean("network", true);
    if (power) boolean("power", true);
    if (answers) boolean("answers", true);
    if (refused) boolean("refused", true);
    end_line();
    return refused;
}

void device_submit(const char *task, const char *kind, double earliest, bool network, bool power) {
    if (!submit(task, kind, earliest, network, power, false)) take_request(task);
}

void device_ask(const char *task, const char *kind, double earliest, bool network, bool power, struct device_block answer) {
    bool refused = submit(task, kind, earliest, network, power, true);
    GROW(asked, asked_count, asked_room);
    asked[asked_count++] = (struct asked){true, refused, device_from(), keep(task), answer};
}

void device_has_delegate(void) { has_delegate = true; }

void device_declined(void) {
    line("declined");
    end_line();
}

void device_missing(const char *selector) {
    line("missing");
    string("method", selector);
    end_line();
}

// Whom the system wakes for work of its own is not on the screen (Apple, "About the background execution sequence").
bool device_has_scenes(void) { return scenario.scenes; }

bool device_in_background(void) { return in_background || is_woken; }

// Whoever gets a push looks at its notice, perhaps.
bool device_is_on_main(void) { return current.on == ON_MAIN; }

bool device_is_inactive(void) { return !device_in_background() && next_step && scenario.steps[next_step - 1].kind == PUSH; }

void device_made(const void *object, unsigned long size, const char *class_name) {
    GROW(objects, object_count, object_room);
    objects[object_count++] = (struct object){object, size, class_name, current.on};
}

void device_freed(const void *object) {
    for (size_t i = object_count; i-- > 0;)
        if (objects[i].at == object) {
            objects[i] = objects[--object_count];
            return;
        }
}

// What is made off the main thread may be filled there, too.
void device_changed(const void *place) {
    if (current.on == ON_MAIN || over) return;
    for (size_t i = 0; i < object_count; i++) {
        struct object *object = &objects[i];
        if (object->on != ON_MAIN || (const char *)place < object->at || (const char *)place >= object->at + object->size) continue;
        line("changed");
        string("object", object->class_name);
        end_line();
    }
}

void device_at_end(void (*forget)(void)) {
    GROW(forgetting, forgetting_count, forgetting_room);
    forgetting[forgetting_count++] = forget;
}

// -------------------------------------------------------------------------------------------------------------- activities

// A strand is a thread; all of them pass one baton on. The first is the main thread, and one of the others, the worker, runs what
// does not belong to it. Where a block is suspended, the worker stays in it, and another strand takes its place.
enum { MAIN_STRAND, MOST_STRANDS = STEP_LIMIT + 2 }; // a step suspends one block at most
struct strand { pthread_t thread; int baton[2], from; long activity; bool suspended, ends, signalled; };
static struct strand strands[MOST_STRANDS];
static int strand_count, worker, idle[MOST_STRANDS], idle_count;
static struct choice *next;
static void suspend(void), suspend_main(void);
static int waits_in_vain; // when the run is over
static bool is_beside; // it runs while another thread waits for it

static void never_goes_on(void) {
    fputs("waits where nothing else can run: it never goes on\n", stderr);
    abort();
}

static void run_activity(long number, bool expired) {
    struct device_function block = tasks[number - 1].activity;
    strands[self].activity = number;
    tasks[number - 1].running++;
    block.run(block.context, expired);
    tasks[number - 1].running--;
    strands[self].activity = 0;
}

static void start_activity(void *number) {
    run_activity((long)number, false);
    end((long)number, true);
    drop_activity(&tasks[(long)number - 1]);
}

void device_activity(const char *reason, struct device_function block) {
    long number = begin(reason, (struct task){.activity = block});
    struct device_block start = {start_activity, NULL, (void *)number};
    tasks[number - 1].start = enqueue(DEVICE_GLOBAL, false, 0, start)->id;
}

// If the block has not begun yet it never will (Apple, performExpiringActivity): the activity ends with the call that says so.
static void expire_activity(int index) {
    for (size_t i = 0; i < item_count; i++)
        if (items[i].id == tasks[index].start) {
            take(i);
            strands[self].ends = true;
            break;
        }
    run_activity(index + 1, true);
    if (strands[self].ends) end(index + 1, true);
    strands[self].ends = false;
    drop_activity(&tasks[index]);
}

int device_semaphore(long value) {
    GROW(semaphores, semaphore_count, semaphore_room);
    semaphores[semaphore_count] = value;
    return (int)semaphore_count++;
}

static void wake(size_t waiting) {
    if (strands[waits[waiting].strand].activity) {
        line("wake");
        integer("task", strands[waits[waiting].strand].activity);
        end_line();
    }
    memmove(waits + waiting, waits + waiting + 1, (--wait_count - waiting) * sizeof *waits);
}

// The rest of a block that waits, as a block of its own.
static void enqueue_rest(int strand, bool timer, double due) {
    struct item *rest = enqueue(DEVICE_GLOBAL, timer, due, (struct device_block){0});
    rest->rest = strand + 1;
    rest->from = strands[strand].from;
}

// Whoever waits goes on, and its time is up no more.
void device_signal(int semaphore) {
    for (size_t i = 0; i < wait_count; i++) {
        if (waits[i].semaphore != semaphore) continue;
        int strand = waits[i].strand;
        for (size_t j = 0; j < item_count; j++)
            if (items[j].timer && items[j].rest == strand + 1) {
                take(j);
                break;
            }
        strands[strand].signalled = true;
        enqueue_rest(strand, false, 0);
        wake(i);
        return;
    }
    semaphores[semaphore]++;
}

static void wait_is_over(int strand) {
    for (size_t i = 0; i < wait_count; i++)
        if (waits[i].strand == strand) {
            wake(i);
            return;
        }
}

bool device_wait(int semaphore, double seconds) {
    if (semaphores[semaphore] > 0) {
        semaphores[semaphore]--;
        return true;
    }
    if (over) {
        if (++waits_in_vain > STEP_LIMIT) leave_for_good();
        return true;
    }
    if (current.on == ON_SDK || is_beside) never_goes_on();
    GROW(waits, wait_count, wait_room);
    waits[wait_count++] = (struct wait){semaphore, self};
    strands[self].signalled = false;
    strands[self].from = strands[self].activity ? tasks[strands[self].activity - 1].from : current.from;
    if (seconds < 1e9) enqueue_rest(self, true, now + (seconds > 0 ? seconds : 0));
    if (self == MAIN_STRAND) suspend_main();
    else suspend();
    return strands[self].signalled;
}

bool device_enter(int queue) {
    if (device_is_within(queue) && !queues[queue].concurrent) never_goes_on();
    if (queues[queue].concurrent || over) return true;
    for (size_t i = 0; i < item_count; i++)
        if (items[i].queue == queue && !items[i].timer) return false;
    if (queue == DEVICE_MAIN || queues[queue].within) return false;
    queues[queue].within = self + 1;
    return true;
}

void device_leave(int queue) { queues[queue].within = 0; }

bool device_is_within(int queue) {
    if (queue == DEVICE_MAIN) return current.on == ON_MAIN;
    return queues[queue].concurrent ? current.on == ON_BACKGROUND : queues[queue].within == self + 1;
}

// ------------------------------------------------------------------------------------------------------------------- the SDK

static int tracker_named(const char *name) {
    for (size_t i = 0; i < tracker_count; i++)
        if (!strcmp(trackers[i].name, name)) return (int)i;
    return -1;
}

static int make_tracker(const char *name) {
    GROW(trackers, tracker_count, tracker_room);
    trackers[tracker_count] = (struct tracker){.name = keep(name), .settings = settings};
    settings = NULL;
    return (int)tracker_count++;
}

static void set(struct setting **at, const char *key, const char *value) {
    while (*at && strcmp((*at)->key, key) < 0) at = &(*at)->next;
    struct setting *after = *at && !strcmp((*at)->key, key) ? (*at)->next : *at;
    *at = room_for(sizeof **at);
    **at = (struct setting){keep(key), keep(value), after};
}

void device_setting(const char *key, const char *value) { set(&settings, key, value); }

static void configuration(int tracker) {
    string("tracker", trackers[tracker].name);
    add(&trace, ",\"configuration\":{");
    for (struct setting *setting = trackers[tracker].settings; setting; setting = setting->next) {
        if (setting != trackers[tracker].settings) add(&trace, ",");
        add_json(&trace, setting->key);
        add(&trace, ":");
        add_json(&trace, setting->value);
    }
    add(&trace, "}");
}

// The old configuration goes only if it is overridden (Sources/Tracker.swift, setConfig).
void device_configure(int tracker, bool override) {
    if (override) trackers[tracker].settings = NULL;
    for (; settings; settings = settings->next) set(&trackers[tracker].settings, settings->key, settings->value);
    if (!tracker) return; // the global one's is the app's own, here or in its property list
    line("reconfigure");
    configuration(tracker);
    end_line();
}

// A name that is known gives the tracker that is there, and the configuration is ignored (Sources/ATInternet.swift).
int device_tracker(const char *name) {
    int known = tracker_named(name);
    if (known < 0) {
        known = make_tracker(name);
        line("configure");
        configuration(known);
        if (!has_delegate) boolean("early", true);
        end_line();
    } else if (!has_delegate && next_step && !strcmp(name, "defaultTracker")) { // made where it is asked for first
        line("configure");
        string("tracker", name);
        add(&trace, ",\"configuration\":{}");
        boolean("early", true);
        end_line();
    }
    settings = NULL;
    return known;
}

// The configuration is laid over the defaults, key by key (Sources/Configuration.swift, DefaultConfiguration.plist).
static const char *setting(int tracker, const char *key) {
    static const char *const DEFAULTS[] = {"domain", "xiti.com", "pixelPath", "/hit.xiti", "storage", "never"};
    for (struct setting *setting = trackers[tracker].settings; setting; setting = setting->next)
        if (!strcmp(setting->key, key)) return setting->value;
    for (int i = 0; i < LENGTH(DEFAULTS); i += 2)
        if (!strcmp(DEFAULTS[i], key)) return DEFAULTS[i + 1];
    return "";
}

long device_mode(int tracker) { return trackers[tracker].mode; }

void device_set_mode(int tracker, long mode) {
    trackers[tracker].mode = mode;
    line("mode");
    string("tracker", trackers[tracker].name);
    string("mode", NAME(MODES, mode));
    end_line();
}

void device_listen(int tracker, device_listener listener, void *context) {
    trackers[tracker].listener = listener;
    trackers[tracker].context = context;
    trackers[tracker].taken = false;
    line("delegate");
    string("tracker", trackers[tracker].name);
    boolean("set", listener != NULL);
    // The app's own has put one of its own into the global tracker's, which whoever comes first takes the place of.
    if (!trackers[tracker].had && !scenario.weak_delegate && !strcmp(trackers[tracker].name, "defaultTracker"))
        boolean("former", true);
    trackers[tracker].had = true;
    end_line();
}

// Other code puts its own delegate into the one slot, and keeps the app's to give it back (Sources/Tracker.swift).
static void take_slots(bool taken) {
    for (size_t i = 0; i < tracker_count; i++) {
        if (!trackers[i].listener || trackers[i].taken == taken) continue;
        trackers[i].taken = taken;
        line("slot");
        string("tracker", trackers[i].name);
        boolean("taken", taken);
        end_line();
    }
}

bool device_is_taken(int tracker) { return trackers[tracker].taken; }

bool device_keeps_delegates(void) { return !scenario.weak_delegate; }

void device_let_through(const char *mode, const char *key) {
    line("privacy");
    string("mode", mode);
    add(&trace, ",\"keys\":[");
    add_json(&trace, key);
    add(&trace, "]");
    end_line();
    GROW(included, included_count, included_room);
    included[included_count++] = (struct included){keep(mode), keep(key)};
}

// What the visitor's mode lets through (Sources/Privacy.swift); one that is not known lets nothing.
static bool lets(const char *key) {
    static const char *const ALL[] = {"none", "optIn"}, *const LESS[] = {"optOut", "noConsent", "exempt"};
    for (int i = 0; i < LENGTH(ALL); i++)
        if (!strcmp(ALL[i], scenario.privacy)) return true;
    for (int i = 0; i < LENGTH(LESS); i++) {
        if (strcmp(LESS[i], scenario.privacy)) continue;
        if (!strcmp(key, "click") || !strcmp(key, "type") || (!strcmp(LESS[i], "exempt") && !strcmp(key, "p"))) return true;
        for (size_t j = 0; j < included_count; j++)
            if (!strcmp(included[j].mode, LESS[i]) && !strcmp(included[j].key, key)) return true;
    }
    return false;
}

// Every byte but letters, digits and the backtick is escaped (Sources/StringExtension.swift).
static void add_escaped(struct text *text, const char *string) {
    add(text, "");
    for (; *string; string++) {
        unsigned char c = (unsigned char)*string;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '`';
        if (plain) add_bytes(text, string, 1);
        else add_format(text, "%%%02X", c);
    }
}

// The parameters are copied at once, on the calling thread, the persistent `bg` with them (Sources/Builder.swift, Context.swift).
// The trace's line is still open when this returns.
static struct hit *hit_of(int tracker, const char *name, const char *const chapters[3], const char *action, const char *by) {
    static const char NONE[] = "";
    long mode = trackers[tracker].mode;
    const char *bg = mode ? NAME(MODES, mode) : NONE;
    line("hit");
    integer("hit", (long)hit_count + 1);
    string("tracker", trackers[tracker].name);
    string("name", name);
    add(&trace, ",\"chapters\":[");
    for (int i = 0, count = 0; i < 3; i++) {
        if (!chapters[i]) continue;
        if (count++) add(&trace, ",");
        add_json(&trace, chapters[i]);
    }
    add(&trace, "]");
    string("action", action);
    string("bg", bg);
    string("by", by);
    GROW(hits, hit_count, hit_room);
    struct hit *hit = &hits[hit_count++];
    *hit = (struct hit){.number = (int)hit_count, .tracker = tracker, .from = device_from()};
    for (int i = 0; i < LENGTH(hit->parameters); i++) hit->parameters[i] = (struct parameter){NONE, NONE};
    hit->parameters[LENGTH(hit->parameters) - 1] = (struct parameter){"bg", bg};
    return hit;
}

// Chapters and name are joined by `::`; a screen has neither click nor type (Sources/Gesture.swift, Screen.swift).
static void send(int tracker, long action, const char *name, const char *const chapters[3], const char *by) {
    static struct text path;
    path.length = 0;
    for (int i = 0; i < 3; i++) {
        if (!chapters[i]) continue;
        add_escaped(&path, chapters[i]);
        add_escaped(&path, "::");
    }
    add_escaped(&path, name);
    struct hit *hit = hit_of(tracker, name, chapters, NAME(ACTIONS, action), by);
    hit->parameters[0] = (struct parameter){"p", keep(path.bytes)};
    hit->parameters[1] = (struct parameter){"click", NAME(CLICKS, action)};
    hit->parameters[2] = (struct parameter){"type", action == DEVICE_VIEW ? "" : "click"};
    end_line();
}

static void build_at_once(void);

static void be_eager(void) {
    if (scenario.eager && !stuck && hit_done + 1 == hit_count) build_at_once();
}

void device_hit(int tracker, long action, const char *name, const char *chapter1, const char *chapter2, const char *chapter3) {
    send(tracker, action, name, (const char *const[]){chapter1, chapter2, chapter3}, "app");
    be_eager();
}

static void property(const char *key, const struct text *json) {
    GROW(properties, property_count, property_room);
    properties[property_count++] = (struct property){keep(key), keep(json->bytes)};
}

void device_text(const char *key, const char *value) {
    struct text json = {0};
    add_json(&json, value);
    property(key, &json);
    free(json.bytes);
}

void device_integer(const char *key, long value) {
    struct text json = {0};
    add_integer(&json, value);
    property(key, &json);
    free(json.bytes);
}

void device_boolean(const char *key, bool value) {
    GROW(properties, property_count, property_room);
    properties[property_count++] = (struct property){keep(key), value ? "true" : "false"};
}

static int by_key(const void *one, const void *other) {
    return strcmp(((const struct property *)one)->key, ((const struct property *)other)->key);
}

void device_event(int tracker, const char *name) {
    qsort(properties, property_count, sizeof *properties, by_key);
    struct property *own = room_for(property_count * sizeof *own + 1);
    memcpy(own, properties, property_count * sizeof *own);
    GROW(events, event_count, event_room);
    events[event_count++] = (struct event){tracker, keep(name), own, property_count};
    property_count = 0;
}

// Small letters, of which specs let in those of ASCII.
static void add_small(struct text *text, const char *string, size_t length) {
    for (size_t i = 0; i < length; i++) {
        char c = string[i] >= 'A' && string[i] <= 'Z' ? (char)(string[i] - 'A' + 'a') : string[i];
        add_bytes(text, &c, 1);
    }
}

// The properties, whose keys all begin with the same `from` bytes, as an object: a key is cut at each `_` (Sources/Event.swift). Keys
// that are a value and an object at once, and prefixes of types, are refused in specs, and not told apart here.
static void add_object(struct text *text, const struct property *from, size_t count, size_t skip, bool backwards) {
    add(text, "{");
    for (size_t i = 0, next; i < count; i = next) {
        size_t at = backwards ? count - 1 - i : i, length = strcspn(from[at].key + skip, "_");
        bool ends = !from[at].key[skip + length];
        for (next = i + 1; !ends && next < count; next++) {
            const char *other = from[backwards ? count - 1 - next : next].key;
            if (strncmp(other, from[at].key, skip + length + 1)) break;
        }
        if (i) add(text, ",");
        add(text, "\"");
        add_small(text, from[at].key + skip, length);
        add(text, "\":");
        if (ends) add(text, from[at].json);
        else add_object(text, from + (backwards ? count - next : i), next - i, skip + length + 1, backwards);
    }
    add(text, "}");
}

static void add_event(struct text *text, const struct event *event, bool backwards) {
    struct text name = {0};
    add(&name, "\"name\":\"");
    add_small(&name, event->name, strlen(event->name));
    add(&name, "\"");
    add(text, "{");
    if (backwards) {
        add(text, name.bytes);
        add(text, ",");
    }
    add(text, "\"data\":");
    add_object(text, event->properties, event->count, 0, backwards);
    if (!backwards) {
        add(text, ",");
        add(text, name.bytes);
    }
    add(text, "}");
    free(name.bytes);
}

// JSON escapes `/` there (Apple, JSONSerialization).
static const char *as_parameter(const struct text *json) {
    static struct text slashed, escaped;
    slashed.length = escaped.length = 0;
    for (size_t i = 0; i < json->length; i++) {
        if (json->bytes[i] == '/') add(&slashed, "\\");
        add_bytes(&slashed, json->bytes + i, 1);
    }
    add_escaped(&escaped, slashed.bytes);
    return keep(escaped.bytes);
}

void device_send_events(int tracker) {
    static struct text json, names, all;
    json.length = names.length = all.length = 0;
    add(&json, "[");
    add(&names, "");
    add(&all, "");
    size_t left = 0;
    for (size_t i = 0; i < event_count; i++) {
        if (events[i].tracker != tracker) {
            events[left++] = events[i];
            continue;
        }
        if (!events[i].count) continue; // it was never sent before 2.23.3 (changelog)
        if (json.length > 1) add(&json, ",");
        if (names.length) add(&names, ",");
        add(&names, events[i].name);
        add_event(&json, &events[i], hit_count % 2);
        for (size_t j = 0; j < events[i].count; j++) {
            add(&all, all.length ? "," : "");
            add_json(&all, events[i].properties[j].key);
            add(&all, ":");
            add(&all, events[i].properties[j].json);
        }
    }
    event_count = left;
    add(&json, "]");
    struct hit *hit = hit_of(tracker, names.bytes, (const char *const[3]){0}, "event", "app");
    hit->parameters[0] = (struct parameter){"events", as_parameter(&json)};
    hit->parameters[1] = (struct parameter){"col", "2"};
    add(&trace, ",\"properties\":{");
    add(&trace, all.bytes);
    add(&trace, "}");
    end_line();
    be_eager();
}

static void hit_line(const char *event, int number, const char *url) {
    line(event);
    if (number) integer("hit", number);
    if (url) string("url", url);
    end_line();
}

static void told_line(const char *event, int tracker, enum device_method method, bool success, const char *message) {
    line(event);
    string("tracker", trackers[tracker].name);
    string("method", METHODS[method]);
    string("message", message);
    if (method == DEVICE_BUILD_DID_END || method == DEVICE_SEND_DID_END) string("status", success ? "success" : "failed");
    end_line();
}

void device_heard(int tracker, enum device_method method, bool success, const char *message) {
    if (!scenario.weak_delegate) told_line("heard", tracker, method, success, message);
}

static void tell(int number, enum device_method method, bool success, const char *message) {
    struct tracker *tracker = &trackers[number];
    if (!tracker->listener) return;
    told_line("told", number, method, success, message);
    if (!tracker->taken) tracker->listener(tracker->context, method, success, message);
}

static void warn(int tracker, const char *one, const char *other) {
    static struct text message;
    message.length = 0;
    add(&message, one);
    add(&message, other);
    tell(tracker, DEVICE_WARNING_DID_OCCUR, false, keep(message.bytes));
}

static const char *configured(const struct hit *hit, const char *key) { return hit ? setting(hit->tracker, key) : ""; }

// The first half of a URL, of no hit without a configuration, and how many of its four parts are there (Sources/Builder.swift,
// buildConfiguration). The SDK before takes one log or the other (ATBuilder.m).
static int first_half(struct text *url, const struct hit *hit) {
    bool open = device_builds_all && strcasecmp(configured(hit, "secure"), "true");
    const char *ssl = configured(hit, "logSSL"), *log = open || (!device_builds_all && !*ssl) ? configured(hit, "log") : ssl;
    const char *domain = configured(hit, "domain"), *path = configured(hit, "pixelPath"), *site = configured(hit, "site");
    const char *pieces[] = {open ? "http://" : "https://", log, ".", domain, path, "?s=", site};
    for (int i = 0; i < LENGTH(pieces); i++) add(url, pieces[i]);
    return !!*log + !!*domain + !!*path + !!*site;
}

// The second half, in the order of a dictionary, which is not always the same.
static void add_query(struct text *url, const struct hit *hit) {
    for (int i = 0, last = LENGTH(hit->parameters) - 1; i <= last; i++) {
        struct parameter parameter = hit->parameters[hit->number % 2 ? i : last - i];
        if (!*parameter.value || !lets(parameter.key)) continue;
        add(url, "&");
        add(url, parameter.key);
        add(url, "=");
        add(url, parameter.value);
    }
}

// The SDK before asks a partner before it builds a visit's first hit, if the app uses one (ATBuilder.m, ATTVTrackingPlugin.m).
static void tell_built(int tracker, const char *urls) {
    if (device_builds_all && !asked_partner && !strcmp(setting(tracker, "plugins"), "tvtracking")) {
        asked_partner = true;
        tell(tracker, DEVICE_DID_CALL_PARTNER, true, "TV Tracking:\r{\"tvtracking\":{}}");
    }
    tell(tracker, DEVICE_BUILD_DID_END, true, keep(urls));
}

static void built(struct hit *hit, const char *url) {
    hit->urls = hit->urls ? hit->urls : room_for((size_t)scenario.parts * sizeof *hit->urls);
    hit->urls[hit->url_count++] = keep(url);
}

// A hit that lacks a part is gone, and the delegate hears of it (Sources/Builder.swift). The SDK before then goes on with the second
// half alone, whose request fails (ATBuilder.m, ATSender.m).
static void give_up(struct hit *hit, const struct text *first, int found) {
    static struct text message, url;
    message.length = url.length = 0;
    add(&message, "There is something wrong with configuration: ");
    add(&message, first->bytes);
    add_format(&message, ". Expected 4 configuration keys, found %d", found);
    int tracker = hit->tracker;
    if (device_builds_all) {
        add_query(&url, hit);
        built(hit, url.bytes);
        add(&url, "\n");
        hit->incomplete = true;
    } else hit_done++;
    tell(tracker, DEVICE_ERROR_DID_OCCUR, false, keep(message.bytes));
    if (device_builds_all) tell_built(tracker, url.bytes);
}

// A long hit is cut into several, which are told of together (Sources/Builder.swift).
static void build(struct hit *hit) {
    static struct text first, url, message;
    first.length = message.length = 0;
    int found = first_half(&first, hit);
    line("build");
    integer("hit", hit->number);
    boolean("ok", found == 4);
    end_line();
    if (found < 4) {
        give_up(hit, &first, found);
        return;
    }
    for (long part = 1; part <= scenario.parts; part++) {
        url.length = 0;
        add(&url, first.bytes);
        if (scenario.parts > 1) add_format(&url, "&mh=%ld-%ld-%d", part, scenario.parts, hit->number);
        add_query(&url, hit);
        built(hit, url.bytes);
        add(&message, url.bytes);
        add(&message, "\n");
    }
    tell_built(hit->tracker, message.bytes);
}

// The configuration is read when the hit is built, not when it is sent: here other code has emptied it by then (Sources/Builder.swift).
static void be_refused(struct hit *hit) {
    static struct text nothing;
    nothing.length = 0;
    int found = first_half(&nothing, NULL);
    hit_line("refused", hit->number, NULL);
    give_up(hit, &nothing, found);
}

// The URL that is next; with the last one the hit is over.
static const char *leave(struct hit *hit) {
    const char *url = hit->urls[hit->url++];
    if (hit->url == hit->url_count) hit_done++;
    return url;
}

// A hit that is stored carries the time at which it would have left (Sources/Storage.swift); the delegate hears of it (Sender.swift).
static void store(int number, int tracker, const char *from) {
    static struct text url;
    url.length = 0;
    add(&url, from);
    add_format(&url, "&cn=offline&olt=%.6f", now);
    GROW(stored, stored_count, stored_room);
    stored[stored_count] = (struct stored){(int)stored_count + 1, keep(url.bytes)};
    const char *kept = stored[stored_count++].url;
    hit_line("stored", number, kept);
    tell(tracker, DEVICE_SAVE_DID_END, true, kept);
}

// No text where the server answered something else than 200, and else the system's own words (Sources/Sender.swift).
static const char *failure(int number) { return number % 2 ? "" : "The request timed out."; }

// The stored hit stays, no other leaves, and what comes after joins it (Sources/Sender.swift, sendOfflineHits).
static void be_kept(struct hit *hit) {
    hit->joins = true;
    hit_line("kept", 0, stored[stored_done].url);
    tell(hit->tracker, DEVICE_SEND_DID_END, false, failure(hit->number));
}

// One request after the other, on one serial queue for all trackers (Sources/Tracker.swift, TrackerQueue; Sender.swift).
static void deliver(struct hit *hit, enum outcome outcome) {
    int number = hit->number, tracker = hit->tracker;
    bool never = !strcmp(setting(tracker, "storage"), "never");
    switch (outcome) {
    case REFUSED: be_refused(hit); return;
    case NOT_RESENT: be_kept(hit); return;
    case HANG:
    case USER_AGENT: // the sender asks a web view for its user agent, and waits (Sources/Sender.swift, TechnicalContext.swift)
        stuck = true;
        if (outcome == HANG) hit_line("hang", number, NULL);
        else hit_line("user_agent", number, NULL);
        return;
    case OPTED_OUT: // none of its parts is sent (Sources/Builder.swift)
        hit_done++;
        hit_line("opted_out", number, NULL);
        warn(tracker, hit->urls[0], " not sent");
        return;
    default: break;
    }
    const char *url = leave(hit);
    if (outcome == SENT) {
        hit_line("sent", number, url);
        tell(tracker, DEVICE_SEND_DID_END, true, url);
    } else if (outcome == UNSAVED) {
        hit_line("unsaved", number, NULL);
        if (!never) warn(tracker, "Hit could not be saved : ", url);
    } else if (never) {
        hit_line("lost", number, NULL); // and nobody is told (Sources/Sender.swift)
    } else {
        store(number, tracker, url);
        if (outcome == FAILED) tell(tracker, DEVICE_SEND_DID_END, false, failure(number));
    }
}

// Stored hits leave first, and the delegate of the tracker that sends hears of them (Sources/Sender.swift, sendOfflineHits).
static void resend(struct hit hit) {
    const char *url = stored[stored_done++].url;
    hit_line("resent", 0, url);
    tell(hit.tracker, DEVICE_SEND_DID_END, true, url);
}

// ------------------------------------------------------------------------------------------------------------------- choices

enum choice_kind { BLOCK, BUILD, RESEND, STORE, OUTCOME_OF, END_WORK, ANSWER, ANSWER_ON_MAIN, TIMER, STEP, EXPIRE, EXPIRE_CALL };
struct choice { enum choice_kind kind; int index; enum ending ending; char label[24]; };
static struct choice *choices; static size_t choice_count, choice_room;

static void open_choice(enum choice_kind kind, int index, const char *label, int number) {
    GROW(choices, choice_count, choice_room);
    struct choice *choice = &choices[choice_count++];
    choice->kind = kind;
    choice->index = index;
    snprintf(choice->label, sizeof choice->label, "%s#%d", label, number);
}

// The visitor's choice is looked at before the first part leaves (Sources/Builder.swift).
static bool can_meet(const struct hit *hit, enum outcome outcome) {
    switch (outcome) {
    case REFUSED:
    case NOT_RESENT: return false;
    case USER_AGENT: return !device_has_user_agent;
    case OPTED_OUT: return !hit->url;
    default: return true;
    }
}

static void open_sdk_choices(void) {
    if (stuck || hit_done == hit_count) return;
    struct hit *hit = &hits[hit_done];
    const char *storage = setting(hit->tracker, "storage");
    bool waits_in_store = !strcmp(storage, "required") && stored_done < stored_count;
    if (!hit->urls) {
        bool refused = false, built = false;
        for (size_t i = 0; i < scenario.network_count; i++) *(scenario.network[i] == REFUSED ? &refused : &built) = true;
        if (built) open_choice(BUILD, 0, "build", hit->number);
        if (refused) open_choice(OUTCOME_OF, REFUSED, "refused", hit->number);
    } else if (!strcmp(storage, "always") || hit->joins || (app.handle && waits_in_store)) {
        // Kept until sent by hand; on a watch no stored hit leaves by itself, and those that come after join it (Sources/Sender.swift).
        open_choice(STORE, 0, "stored", hit->number);
    } else if (waits_in_store) {
        open_choice(RESEND, 0, "resend", stored[stored_done].number);
        for (size_t i = 0; i < scenario.network_count; i++)
            if (scenario.network[i] == NOT_RESENT) open_choice(OUTCOME_OF, NOT_RESENT, OUTCOME[NOT_RESENT], stored[stored_done].number);
    } else {
        for (size_t i = 0; !hit->incomplete && i < scenario.network_count; i++)
            if (can_meet(hit, scenario.network[i]))
                open_choice(OUTCOME_OF, (int)scenario.network[i], OUTCOME[scenario.network[i]], hit->number);
        if (hit->incomplete) open_choice(OUTCOME_OF, FAILED, OUTCOME[FAILED], hit->number);
    }
}

static void open_work_choices(void) {
    for (size_t i = 0; i < work_count; i++)
        for (size_t j = 0; works[i].open && j < (works[i].is_request ? 1 : scenario.work_count); j++) {
            enum ending ending = works[i].is_request ? DONE : scenario.work[j];
            if (ending == DONE_ON_MAIN && strands[MAIN_STRAND].suspended) continue;
            open_choice(END_WORK, (int)i, ENDING[ending], (int)i + 1);
            choices[choice_count - 1].ending = ending;
        }
}

static void open_answers(void) {
    for (size_t i = 0; i < asked_count; i++)
        if (asked[i].open) {
            open_choice(ANSWER, (int)i, "answer", (int)i + 1);
            if (!strands[MAIN_STRAND].suspended) open_choice(ANSWER_ON_MAIN, (int)i, "answer_on_main", (int)i + 1);
        }
}

static const struct handler *handler_of(const char *request) {
    for (size_t i = 0; i < handler_count; i++)
        if (!strcmp(request, handlers[i].task)) return &handlers[i];
    return NULL;
}

// The oldest request that somebody runs.
static const char *runnable(void) {
    for (size_t i = 0; i < request_count; i++)
        if (handler_of(requests[i])) return requests[i];
    return NULL;
}

// A task is not run as long as anything may still ask for a run of it, and nothing in turn at once.
static bool may_step(bool at_rest) {
    if (strands[MAIN_STRAND].suspended) return false;
    if (next_step == scenario.step_count || at_rest) return next_step < scenario.step_count;
    return !scenario.steps[next_step].in_turn && (scenario.steps[next_step].kind != RUN_TASK || runnable());
}

// Everything that could happen next, in the order that the schedules' labels mean.
static void open_choices(void) {
    choice_count = 0;
    bool main_waits = false, is_blocked = strands[MAIN_STRAND].suspended;
    int timer = -1;
    for (size_t i = 0; i < item_count; i++) {
        if (items[i].queue == DEVICE_MAIN && is_blocked) continue;
        if (items[i].timer) {
            if (timer < 0 || items[i].due < items[timer].due) timer = (int)i;
        } else if (items[i].queue == DEVICE_MAIN && !main_waits) {
            main_waits = true;
            open_choice(BLOCK, (int)i, "main", items[i].id);
        }
    }
    for (size_t i = 0; i < item_count; i++) {
        bool ready = !items[i].timer && items[i].queue != DEVICE_MAIN;
        bool concurrent = queues[items[i].queue].concurrent;
        ready &= concurrent || !queues[items[i].queue].within;
        for (size_t j = 0; ready && !concurrent && j < i; j++)
            ready = items[j].timer || items[j].queue != items[i].queue;
        if (ready) open_choice(BLOCK, (int)i, "background", items[i].id);
    }
    bool blocks_wait = choice_count, waits = main_waits || (scenario.on_time && blocks_wait);
    open_sdk_choices();
    open_work_choices();
    open_answers();
    if (timer >= 0 && !waits) open_choice(TIMER, timer, "timer", items[timer].id);
    if (may_step(!choice_count)) open_choice(STEP, 0, "step", (int)next_step + 1);
    if (!scenario.expirations || is_blocked) return;
    for (size_t i = 0; in_background && i < task_count; i++)
        if (tasks[i].open && !tasks[i].expired) open_choice(EXPIRE, (int)i, "expire", (int)i + 1);
    for (size_t i = 0; i < call_count; i++)
        if (calls[i].may_expire && (calls[i].hears || !scenario.on_time || !blocks_wait)) open_choice(EXPIRE_CALL, (int)i, "expire_call", (int)i + 1);
}

// The choice that is taken next; NULL: the run is over.
static struct choice *choose(void) {
    if (over) return NULL;
    current.on = ON_MAIN;
    current.from = 0;
    open_choices();
    if (!choice_count) return NULL;
    if (++steps_taken > STEP_LIMIT) {
        line("endless");
        end_line();
        return NULL;
    }
    if (choice_count == 1) return choices;
    struct choice *taken = choices;
    if (next_label < schedule_count) {
        for (size_t i = 0; i < choice_count; i++)
            if (!strcmp(choices[i].label, schedule[next_label])) taken = &choices[i];
        next_label++;
    }
    line("choice");
    add(&trace, ",\"of\":[");
    for (size_t i = 0; i < choice_count; i++) {
        if (i) add(&trace, ",");
        add_json(&trace, choices[i].label);
    }
    add(&trace, "]");
    string("took", taken->label);
    end_line();
    return taken;
}

static enum thread thread_of(const struct choice *choice) {
    switch (choice->kind) {
    case BLOCK:
    case TIMER: return items[choice->index].queue == DEVICE_MAIN ? ON_MAIN : ON_BACKGROUND;
    case BUILD:
    case RESEND:
    case STORE:
    case OUTCOME_OF: return ON_SDK;
    case STEP: return ON_MAIN;
    case EXPIRE: return tasks[choice->index].activity.run ? ON_BACKGROUND : ON_MAIN;
    case EXPIRE_CALL: return calls[choice->index].on_main ? ON_MAIN : ON_BACKGROUND; // on the queue that the task is registered for (BGTaskScheduler.h)
    case END_WORK: return choice->ending == DONE_ON_MAIN ? ON_MAIN : ON_BACKGROUND;
    case ANSWER: return ON_BACKGROUND;
    case ANSWER_ON_MAIN: return ON_MAIN;
    }
}

static void run_item(int index) {
    struct item item = take((size_t)index);
    if (item.timer && item.due > now) now = item.due;
    current.from = item.from;
    if (item.queue != DEVICE_MAIN) {
        line("block");
        end_line();
    }
    bool is_serial = !queues[item.queue].concurrent;
    if (is_serial) queues[item.queue].within = self + 1;
    item.block.run(item.block.context);
    if (is_serial) device_leave(item.queue);
    drop(&item.block);
}

// What ends it may drop the handler while it runs.
static void run_once(struct device_block *block) {
    struct device_block handler = *block;
    *block = (struct device_block){0};
    if (handler.run) handler.run(handler.context);
    drop(&handler);
}

static void expire(int index) {
    tasks[index].expired = true;
    current.from = tasks[index].from;
    line("expire");
    integer("task", index + 1);
    end_line();
    if (tasks[index].activity.run) expire_activity(index);
    else run_once(&tasks[index].expiration);
}

static void expire_call(int index) {
    calls[index].may_expire = false;
    current.from = calls[index].from;
    line("expire_call");
    integer("call", index + 1);
    end_line();
    run_once(&calls[index].expiration);
}

static void answer(int index) {
    asked[index].open = false;
    current.from = asked[index].from;
    line("taken");
    string("task", asked[index].task);
    if (asked[index].refused) boolean("refused", true);
    end_line();
    if (!asked[index].refused) take_request(asked[index].task);
    run_once(&asked[index].answer);
}

static void finish_work(int index, enum ending ending) {
    works[index].open = false;
    current.from = works[index].from;
    if (ending == NEVER) {
        line("never");
        integer("work", index + 1);
        end_line();
        // Who is told that time is up need not hold what the work would have ended with.
        if (works[index].is_told) works[index].done.run(works[index].done.context, -1);
    } else {
        works[index].failed = ending == DONE_FAILED;
        works[index].good &= !works[index].failed;
        end_work(index);
    }
    if (ending == DONE_TWICE) {
        works[index].good = !works[index].good;
        end_work(index);
    }
    drop_work(index);
}

static void run(int call, const char *task) {
    line("run");
    integer("call", call);
    string("task", task);
    end_line();
}

static void run_task(void) {
    const char *request = runnable();
    if (!request) {
        line("idle");
        end_line();
        return;
    }
    struct handler handler = *handler_of(request);
    withdraw(request);
    int call = new_call();
    run(call, handler.task);
    handler.function.run(handler.function.context, call);
}

static const char *const REFRESHES[] = {"refresh", "snapshot", "data", "message", "other"};
static const char *const SLOT[] = {"given_back", "taken", "warned"};
static const char *const WITH[] = {"with_snapshot", "with_data", "with_message"}; // what comes beside a refresh

// Several tasks come in one set, a snapshot before the refresh, and data after it; a message of the phone's with one that is none of these.
static void refresh(const char *with) {
    enum device_refresh kinds[3];
    int count = 0;
    if (with && !strcmp(with, "with_snapshot")) kinds[count++] = DEVICE_SNAPSHOT_TASK;
    if (withdraw("")) kinds[count++] = DEVICE_REFRESH;
    else {
        line("idle");
        end_line();
    }
    if (with && !strcmp(with, "with_data")) kinds[count++] = DEVICE_DATA_TASK;
    if (with && !strcmp(with, "with_message")) {
        kinds[count++] = DEVICE_MESSAGE_TASK;
        kinds[count++] = DEVICE_OTHER_TASK;
    }
    int first = (int)call_count + 1;
    for (int i = 0; i < count; i++) run(new_call(), REFRESHES[kinds[i]]);
    if (count) app.handle(first, kinds, count);
}

// `NAME`, or `NAME as ACTION`.
static void send_as(int tracker, const char *text) {
    static struct text name;
    const char *as = NULL;
    for (const char *at = text; (at = strstr(at, " as ")); at++) as = at;
    long action = 0;
    for (int i = 0; as && i < LENGTH(ACTIONS); i++)
        if (!strcmp(as + 4, ACTIONS[i])) action = i;
    name.length = 0;
    add_bytes(&name, text, as ? (size_t)(as - text) : strlen(text));
    add(&name, "");
    send(tracker, action, keep(name.bytes), (const char *const[3]){0}, "other");
}

// What happens outside of the app, and what the app's other code does: it uses the default tracker, on the main thread.
static void step(const struct step *step) {
    int other = tracker_named("defaultTracker");
    is_woken |= step->kind == FETCH || step->kind == RUN_TASK;
    switch (step->kind) {
    case LAUNCH:
        line("launch");
        if (strcmp(scenario.privacy, "none")) string("privacy", scenario.privacy);
        if (scenario.woken) boolean("woken", true);
        end_line();
        in_background = scenario.woken;
        app.launch();
        launched = true;
        break;
    case FETCH:
        line("fetch");
        integer("call", new_call());
        end_line();
        app.fetch((int)call_count);
        break;
    case PUSH:
        line("push");
        integer("call", new_call());
        end_line();
        app.push((int)call_count);
        break;
    case BACKGROUND:
        line("background");
        end_line();
        in_background = true;
        app.enter_background(scenario.scenes);
        break;
    case FOREGROUND:
        line("foreground");
        end_line();
        in_background = is_woken = false;
        app.enter_foreground(scenario.scenes);
        break;
    case SCENE_BACKGROUND: // nobody hears of it but the scene's own delegate
        line("scene");
        integer("scene", 1);
        string("state", "background");
        end_line();
        break;
    case RUN_TASK: run_task(); break;
    case REFRESH: refresh(step->text); break;
    case LOOK:
        line("look");
        string("tracker", "defaultTracker");
        string("mode", NAME(MODES, trackers[other].mode));
        end_line();
        break;
    case DEDICATED_HIT: // those that are not the app's global tracker
        for (size_t i = 0; i < tracker_count; i++)
            if ((int)i != other) send_as((int)i, step->text);
        break;
    case DELEGATE:
        if (strcmp(step->text, SLOT[2])) take_slots(!strcmp(step->text, SLOT[true]));
        else // of what is no hit's (Sources/Tracker.swift)
            for (size_t i = 0; i < tracker_count; i++) warn((int)i, "Configuration atReadOnly is read only. Value will not be updated", "");
        break;
    case HIT: send(other, 0, step->text, (const char *const[3]){0}, "other"); break;
    case MODE:
        for (long mode = 0; mode < LENGTH(MODES); mode++)
            if (!strcmp(MODES[mode], step->text)) device_set_mode(other, mode);
        send(other, 0, "other", (const char *const[3]){0}, "other");
        device_set_mode(other, 0);
        break;
    case KINDS: break;
    }
}

// Nobody of the app listens to an SDK step whose tracker has no delegate: it need not change threads.
static bool needs_other_thread(const struct choice *choice) {
    enum thread thread = thread_of(choice);
    return thread == ON_BACKGROUND || (thread == ON_SDK && trackers[hits[hit_done].tracker].listener);
}

static void perform(const struct choice *choice) {
    current.on = thread_of(choice);
    if (current.on == ON_SDK) current.from = hits[hit_done].from;
    switch (choice->kind) {
    case BLOCK:
    case TIMER: run_item(choice->index); break;
    case BUILD: build(&hits[hit_done]); break;
    case RESEND: resend(hits[hit_done]); break;
    case STORE: {
        struct hit *hit = &hits[hit_done];
        store(hit->number, hit->tracker, leave(hit));
        break;
    }
    case OUTCOME_OF: deliver(&hits[hit_done], (enum outcome)choice->index); break;
    case END_WORK: finish_work(choice->index, choice->ending); break;
    case ANSWER:
    case ANSWER_ON_MAIN: answer(choice->index); break;
    case STEP:
        current.from = (int)++next_step;
        if (scenario.steps[next_step - 1].in_turn) now += LATER;
        step(&scenario.steps[next_step - 1]);
        break;
    case EXPIRE: expire(choice->index); break;
    case EXPIRE_CALL: expire_call(choice->index); break;
    }
}

// ------------------------------------------------------------------------------------------------------------------- threads

static void hand_over(int strand) {
    if (write(strands[strand].baton[1], "", 1) != 1) refuse("the other thread is gone", NULL);
}

static void wait_for_baton(void) {
    char baton;
    while (read(strands[self].baton[0], &baton, 1) != 1) continue;
}

// On one processor, whichever is free now, the baton changes hands five times as fast.
static void share_a_processor(void) {
#ifdef __linux__
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    for (int i = 0; i < strand_count; i++) pthread_setaffinity_np(strands[i].thread, sizeof one, &one);
#endif
}

static void take_any_processor(void) {
#ifdef __linux__
    static cpu_set_t ours;
    if (!CPU_COUNT(&ours)) sched_getaffinity(0, sizeof ours, &ours);
    pthread_setaffinity_np(pthread_self(), sizeof ours, &ours);
#endif
}

// The handler of signals needs a stack also where the app's has overflowed.
static void own_signal_stack(void) {
    static _Thread_local char stack[65536];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
}

// What happens on another thread while the one that has caused it waits.
static void (*beside)(void *);
static void *context_beside;

static void run_beside(bool hears, void (*what)(void *), void *context) {
    typeof(current) before = current;
    if (self == MAIN_STRAND && hears) {
        beside = what;
        context_beside = context;
        hand_over(worker);
        wait_for_baton();
    } else what(context);
    current = before;
}

static void perform_choice(void *choice) { perform(choice); }

static void build_at_once(void) {
    struct choice build = {.kind = BUILD};
    run_beside(needs_other_thread(&build), perform_choice, &build);
}

static void run_off_main(void *block) {
    current.on = ON_BACKGROUND;
    run_once(block);
}

void device_beside(struct device_block block) { run_beside(true, run_off_main, &block); }

void device_completion(struct device_block completion) {
    if (scenario.eager && !over) run_beside(true, run_off_main, &completion);
    else drop(&completion);
}

static bool is_rest(const struct choice *choice) {
    return (choice->kind == BLOCK || choice->kind == TIMER) && items[choice->index].rest;
}

static void *work(void *number) {
    self = (int)(intptr_t)number;
    own_signal_stack();
    for (;;) {
        wait_for_baton();
        if (beside) {
            void (*what)(void *) = beside;
            beside = NULL;
            is_beside = true;
            what(context_beside);
            is_beside = false;
        } else while (next && needs_other_thread(next) && !is_rest(next)) {
            perform(next);
            next = choose();
        }
        hand_over(MAIN_STRAND);
    }
    return NULL;
}

static int new_strand(void) {
    struct strand *strand = &strands[strand_count];
    void *number = (void *)(intptr_t)strand_count;
    if (pipe(strand->baton) || pthread_create(&strand->thread, NULL, work, number)) refuse("no second thread", NULL);
    return strand_count++;
}

static void begin_strands(void) {
    strands[strand_count].thread = pthread_self();
    if (pipe(strands[strand_count++].baton)) refuse("no pipe", NULL);
    worker = new_strand();
}

// From now on this strand is the worker, and has the baton until it is done or suspends itself.
static void go_on_with(int strand) {
    idle[idle_count++] = worker;
    worker = strand;
    strands[strand].suspended = false;
    hand_over(strand);
    wait_for_baton();
}

static void suspend(void) {
    strands[self].suspended = true;
    worker = idle_count ? idle[--idle_count] : new_strand();
    next = choose();
    hand_over(MAIN_STRAND);
    wait_for_baton();
}

// A block that crashes, or has no end, when the run is over is left as it is.
static void leave_for_good(void) {
    worker = idle_count ? idle[--idle_count] : new_strand();
    hand_over(MAIN_STRAND);
    for (;;) pause();
}

// Whose rest comes next; its wait is over.
static int take_rest(void) {
    struct item rest = take((size_t)next->index);
    current.from = rest.from;
    if (rest.timer) {
        if (rest.due > now) now = rest.due;
        wait_is_over(rest.rest - 1);
    }
    return rest.rest - 1;
}

static void go_on(void) {
    if (is_rest(next)) {
        current.on = ON_BACKGROUND;
        go_on_with(take_rest());
    } else if (needs_other_thread(next)) {
        hand_over(worker);
        wait_for_baton();
    } else {
        perform(next);
        next = choose();
    }
}

// While the main thread waits, only what needs another one happens.
static void suspend_main(void) {
    typeof(current) before = current;
    strands[MAIN_STRAND].suspended = true;
    for (next = choose(); next && !(is_rest(next) && items[next->index].rest == MAIN_STRAND + 1);) go_on();
    if (!next) never_goes_on();
    take_rest();
    strands[MAIN_STRAND].suspended = false;
    current = before;
}

// -------------------------------------------------------------------------------------------------------------------- replay

static int by_name(const void *one, const void *other) {
    return strcmp(((const struct tracker *)one)->name, ((const struct tracker *)other)->name);
}

static int by_class(const void *one, const void *other) {
    return strcmp(((const struct object *)one)->class_name, ((const struct object *)other)->class_name);
}

// What serves one call of the system is called so, after an app's own prefix, and serves no other.
static bool serves_a_call(const char *class_name) {
    static const char CALL[] = "BackgroundCall";
    size_t length = strlen(class_name), end = sizeof CALL - 1;
    return length >= end && !strcmp(class_name + length - end, CALL);
}

// Of which classes more than one object is left; one of each other may serve the app for as long as it lives.
static void add_left(void) {
    bool more = false;
    qsort(objects, object_count, sizeof *objects, by_class);
    for (size_t i = 0, count; i < object_count; i += count) {
        for (count = 1; i + count < object_count && !by_class(&objects[i], &objects[i + count]); count++) continue;
        if (count == 1 && !serves_a_call(objects[i].class_name)) continue;
        add(&trace, more ? "," : ",\"left\":{");
        add_json(&trace, objects[i].class_name);
        add(&trace, ":");
        add_integer(&trace, (long)count);
        more = true;
    }
    if (more) add(&trace, "}");
}

static void last_line(void) {
    line("over");
    add(&trace, ",\"modes\":{");
    qsort(trackers, tracker_count, sizeof *trackers, by_name);
    for (size_t i = 0; i < tracker_count; i++) {
        if (i) add(&trace, ",");
        add_json(&trace, trackers[i].name);
        add(&trace, ":");
        add_json(&trace, NAME(MODES, trackers[i].mode));
    }
    add(&trace, "},\"open\":[");
    for (size_t i = 0, count = 0; i < task_count; i++)
        if (tasks[i].open) {
            if (count++) add(&trace, ",");
            add_integer(&trace, (long)i + 1);
        }
    add(&trace, "]");
    add_left();
    add(&trace, "}\n\n");
    line_start = trace.length;
}

// Suspended blocks come to their end unseen. The app's delegate goes first, then what was still to run: either may hold the last
// reference to the other.
static void forget(void) {
    over = true;
    for (int i = 0; i < strand_count; i++)
        if (strands[i].suspended) go_on_with(i);
    for (size_t i = 0; i < forgetting_count; i++) forgetting[i]();
    for (size_t i = 0; i < item_count; i++) drop(&items[i].block);
    for (size_t i = 0; i < task_count; i++) {
        drop(&tasks[i].expiration);
        if (tasks[i].activity.run) tasks[i].activity.drop(tasks[i].activity.context);
    }
    for (size_t i = 0; i < call_count; i++) drop(&calls[i].expiration);
    for (size_t i = 0; i < asked_count; i++) drop(&asked[i].answer);
    for (size_t i = 0; i < handler_count; i++) handlers[i].function.drop(handlers[i].function.context);
    for (size_t i = 0; i < work_count; i++)
        if (works[i].done.drop) works[i].done.drop(works[i].done.context);
    over = false;
    forgetting_count = item_count = queue_count = task_count = tracker_count = hit_count = hit_done = stored_count = stored_done = 0;
    object_count = call_count = handler_count = request_count = semaphore_count = wait_count = work_count = included_count = 0;
    property_count = event_count = asked_count = 0;
    waits_in_vain = last_item = steps_taken = requests_made = 0;
    next_step = next_label = 0;
    now = 0;
    has_delegate = launched = in_background = is_woken = stuck = asked_partner = device_has_user_agent = false;
    settings = NULL;
    forget_kept();
}

static void replay(void) {
    device_queue(false); // main
    device_queue(true);  // global
    device_setting("site", "410501"); // an app configures its default tracker in its property list
    device_setting("log", "logp");
    device_setting("logSSL", "logs");
    device_setting("secure", "true");
    for (size_t i = 0; i < scenario.pair_count; i++) device_setting(scenario.global_tracker[i].key, scenario.global_tracker[i].value);
    make_tracker("defaultTracker");
    for (; stored_count < (size_t)scenario.stored; stored_count++) {
        GROW(stored, stored_count, stored_room);
        stored[stored_count] = (struct stored){(int)stored_count + 1,
            "https://logs.xiti.com/hit.xiti?s=410501&p=old&click=A&type=click&bg=task&cn=offline&olt=0.000000"};
    }
    setitimer(ITIMER_PROF, &(struct itimerval){.it_value.tv_sec = SECOND_LIMIT}, NULL);
    for (next = choose(); next;) go_on();
    setitimer(ITIMER_PROF, &(struct itimerval){0}, NULL);
    last_line();
    forget();
}

// What the app keeps in statics is kept for one replay: a child of this process plays it.
static void replay_alone(void) {
    flush();
    if ((child = fork())) {
        end_with_child(0);
        return;
    }
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    strand_count = 0; // of all threads this one is left
    begin_strands();
    share_a_processor();
    replay();
    flush();
    _exit(0);
}

// --------------------------------------------------------------------------------------------------------------------- input

static struct text input;

static int one_of(const char *word, const char *const *words, long count, const char *wanted) {
    for (int i = 0; i < count; i++)
        if (!strcmp(words[i], word)) return i;
    refuse(wanted, word);
}

static struct step read_step(void) {
    struct step step = {0};
    if (accept('{')) {
        step.kind = (enum kind)(REFRESH + one_of(read_key(), KIND + REFRESH, KINDS - REFRESH, "no such step"));
        step.text = strdup(read_string());
        if (step.kind == MODE) one_of(step.text, MODES, LENGTH(MODES), "no such mode");
        if (step.kind == DELEGATE) one_of(step.text, SLOT, LENGTH(SLOT), "no such delegate");
        if (step.kind == REFRESH) one_of(step.text, WITH, LENGTH(WITH), "no such refresh");
        expect('}');
    } else step.kind = (enum kind)one_of(read_string(), KIND, HIT, "no such step");
    return step;
}

static void read_scenario(void) {
    for (size_t i = 0; i < scenario.step_count; i++) free(scenario.steps[i].text);
    for (size_t i = 0; i < scenario.pair_count; i++) {
        free(scenario.global_tracker[i].key);
        free(scenario.global_tracker[i].value);
    }
    scenario.pair_count = scenario.step_count = scenario.network_count = scenario.work_count = 0;
    scenario.stored = 0;
    scenario.parts = 1;
    free(scenario.privacy);
    scenario.privacy = strdup("none");
    scenario.expirations = scenario.scenes = scenario.eager = scenario.woken = false;
    scenario.refuses_first = scenario.refuses_others = scenario.weak_delegate = scenario.on_time = false;
    for (bool more = opened('{'); more; more = another('}')) {
        const char *key = read_key();
        if (!strcmp(key, "stored")) scenario.stored = read_integer();
        else if (!strcmp(key, "parts")) scenario.parts = read_integer();
        else if (!strcmp(key, "privacy")) {
            free(scenario.privacy);
            scenario.privacy = strdup(read_string());
        } else if (!strcmp(key, "global_tracker"))
            for (bool item = opened('{'); item; item = another('}')) {
                GROW(scenario.global_tracker, scenario.pair_count, scenario.pair_room);
                struct pair *pair = &scenario.global_tracker[scenario.pair_count++];
                pair->key = strdup(read_key());
                pair->value = strdup(read_string());
            }
        else if (!strcmp(key, "work"))
            for (bool item = opened('['); item; item = another(']')) {
                GROW(scenario.work, scenario.work_count, scenario.work_room);
                scenario.work[scenario.work_count++] = (enum ending)one_of(read_string(), ENDING, ENDINGS, "no such end of work");
            }
        else if (!strcmp(key, "expirations")) scenario.expirations = read_boolean();
        else if (!strcmp(key, "scenes")) scenario.scenes = read_boolean();
        else if (!strcmp(key, "eager")) scenario.eager = read_boolean();
        else if (!strcmp(key, "woken")) scenario.woken = read_boolean();
        else if (!strcmp(key, "refuses")) {
            const char *which = read_string();
            scenario.refuses_first = !strcmp(which, "first");
            scenario.refuses_others = !strcmp(which, "others");
        } else if (!strcmp(key, "weak_delegate")) scenario.weak_delegate = read_boolean();
        else if (!strcmp(key, "on_time")) scenario.on_time = read_boolean();
        else if (!strcmp(key, "network"))
            for (bool item = opened('['); item; item = another(']')) {
                GROW(scenario.network, scenario.network_count, scenario.network_room);
                scenario.network[scenario.network_count++] = (enum outcome)one_of(read_string(), OUTCOME, OUTCOMES, "no such outcome");
            }
        else if (!strcmp(key, "steps")) {
            bool rests = false; // the step that comes next is taken in turn
            for (bool item = opened('['); item; item = another(']')) {
                struct step step = read_step();
                step.in_turn = rests;
                if ((rests = step.kind == REST)) continue;
                GROW(scenario.steps, scenario.step_count, scenario.step_room);
                scenario.steps[scenario.step_count++] = step;
            }
        }
        else skip(0); // name, summary, cases, bound: for whoever makes the schedules
    }
    if (!scenario.work_count) {
        GROW(scenario.work, scenario.work_count, scenario.work_room);
        scenario.work[scenario.work_count++] = AT_ONCE;
    }
    for (size_t i = 0; i < scenario.step_count; i++) {
        enum kind kind = scenario.steps[i].kind;
        if ((kind == LAUNCH) != !i) refuse("the launch comes first, and once", NULL);
        if (app.handle ? kind == FETCH || kind == PUSH : kind == REFRESH) refuse("this system takes no such step", KIND[kind]);
    }
}

static void read_schedule(void) {
    schedule_count = 0;
    for (bool more = opened('['); more; more = another(']')) {
        GROW(schedule, schedule_count, schedule_room);
        schedule[schedule_count++] = read_string();
    }
}

static void obey(char *text) {
    read_from(text);
    static bool alone;
    bool play = false;
    with_places = false;
    for (bool more = opened('{'); more; more = another('}')) {
        const char *key = read_key();
        if (!strcmp(key, "scenario")) read_scenario();
        else if (!strcmp(key, "alone")) alone = read_boolean();
        else if (!strcmp(key, "schedule")) {
            read_schedule();
            play = true;
        } else if (!strcmp(key, "places")) with_places = read_boolean();
        else refuse("input: no such command", key);
    }
    read_end();
    if (!play) return;
    if (alone) replay_alone();
    else replay();
}

// Lines that have come are answered in one go; nothing is held back while we wait for more.
static void listen(void) {
    size_t start = 0;
    for (;;) {
        char *end = input.bytes ? memchr(input.bytes + start, '\n', input.length - start) : NULL;
        if (end) {
            *end = 0;
            obey(input.bytes + start);
            start = (size_t)(end + 1 - input.bytes);
            if (trace.length > 1 << 16) flush();
            continue;
        }
        flush();
        if (start) memmove(input.bytes, input.bytes + start, input.length -= start);
        start = 0;
        char bytes[65536];
        take_any_processor();
        ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
        share_a_processor();
        if (got <= 0) return;
        add_bytes(&input, bytes, (size_t)got);
    }
}

int device_main(struct device_app of) {
    app = of;
    output = dup(STDOUT_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    add(&trace, "");
    own_signal_stack();
    const int signals[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGPROF};
    for (int i = 0; i < LENGTH(signals); i++) sigaction(signals[i], &(struct sigaction){.sa_handler = crashed, .sa_flags = SA_ONSTACK}, NULL);
    begin_strands();
    listen();
    if (input.length) refuse("input: a line has no end", NULL);
    return 0;
}
