#pragma once

#include <cstddef>
#include <functional>

#include "base/callbacks.h"
#include "sides/input_source.h"

namespace nputwin {

/// Work on many samples, several at once: each worker takes the next one as soon as it is done with its last.
struct SampleLoop {
  /// Told how many of the sample's steps are done.
  using Progress = std::function<void(std::size_t done)>;

  std::size_t first = 0, last = 0;  ///< samples; `last` is left out
  int workers = 1;
  std::size_t steps = 1;  ///< of one sample
  /// Sample n. In order, by one worker at a time.
  std::function<Result<Sample>(std::size_t n)> sample;
  /// Each worker, numbered from 0, does one sample at a time. Worker 0 is the caller's thread.
  std::function<Status(int worker, std::size_t n, const Sample& sample, const Progress& progress)> work;
};

/// Until all samples are done, one fails, or the callbacks say stop; samples that have been begun are finished. So they
/// that are done are the first ones; of several errors that of the first sample is told. Callbacks are called by this
/// thread; their progress is in steps.
[[nodiscard]] Status run_samples(const SampleLoop& loop, const Callbacks& callbacks);

/// How many samples are worth doing at once with so many threads.
[[nodiscard]] int workers_for(std::size_t samples, int threads);

}  // namespace nputwin
