#include "base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace agon {

void check_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "agon: internal error: %s does not hold (%s:%d); stopping, the log is safe\n", condition, file,
                 line);
    std::abort();
}

}  // namespace agon
