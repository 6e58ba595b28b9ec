#ifndef SDCTL_BASE_RANDOM_H
#define SDCTL_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Random numbers from the kernel (getentropy) for names, boundaries and pauses, which have to
 * differ and not to be secret: where the kernel refuses, they are made of the time and the process.
 */
void random_bytes(void *to, size_t n);

/* 0 .. bound - 1, each as likely; bound > 0. */
uint32_t random_below(uint32_t bound);

#endif
