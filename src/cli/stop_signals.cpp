#include "cli/stop_signals.hpp"

#include <signal.h>

namespace agon::cli {

namespace {

sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

}  // namespace

void block_stop_signals() {
    const auto set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

bool wait_for_stop(std::optional<Duration> timeout) {
    const auto set = stop_signals();
    if (!timeout) {
        int got = 0;
        return sigwait(&set, &got) == 0;
    }
    const timespec wait{timeout->count() / 1'000'000, timeout->count() % 1'000'000 * 1000};
    return sigtimedwait(&set, nullptr, &wait) > 0;
}

}  // namespace agon::cli
