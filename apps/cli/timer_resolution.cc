#include <cstdint>

// Highway 1.0's shared library has a clock for benchmarks, and measures the clock's resolution whenever it is loaded:
// 3 ms, a third of what `nputwin --version` took. Nobody asks for it here, so that what the library finds in its own
// function's place need not measure.
namespace hwy::platform {
std::uint64_t TimerResolution();
std::uint64_t TimerResolution() { return 1; }
}  // namespace hwy::platform
