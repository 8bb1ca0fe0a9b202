// Who sleeps waits on the virtual device: these names come before the system's own.
#include "device.h"

unsigned sleep(unsigned seconds) {
    device_wait(device_semaphore(0), seconds);
    return 0;
}

int usleep(unsigned microseconds) {
    device_wait(device_semaphore(0), microseconds / 1e6);
    return 0;
}
