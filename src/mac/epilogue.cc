#include "mac/epilogue.h"

#include <algorithm>
#include <utility>

namespace nputwin {

Epilogue::Epilogue(Requantizer all) : first_(std::move(all)), blocks_{first_.channels(), INT64_MAX} {}

Epilogue::Epilogue(Requantizer first, Requantizer last, Blocks blocks) : first_(std::move(first)), blocks_(blocks) {
  if (blocks.channels < first_.channels() || blocks.elements != INT64_MAX) last_ = std::move(last);
}

std::vector<KernelForm> Epilogue::forms() const {
  std::vector<KernelForm> forms{first_.form()};
  if (last_) forms.push_back(last_->form());
  return forms;
}

void Epilogue::run(const SumBlock& block, std::byte* out) const {
  if (!last_) return run(first_, block, out);
  // Rows before the one where the elements' limit lies have only the channels' limit.
  const std::int64_t row = first_.channels();
  const auto whole =
      static_cast<int>(std::clamp<std::int64_t>(blocks_.elements / row - block.first_row, 0, block.rows));
  SumBlock part = block;
  part.rows = whole;
  split(part, blocks_.channels, out);
  part.rows = 1;
  for (int r = whole; r < block.rows; ++r) {
    part.sums = block.sums + r * block.stride;
    part.first_row = block.first_row + r;
    split(part, by_first(part.first_row), out);
  }
}

void Epilogue::split(const SumBlock& block, int by_first, std::byte* out) const {
  const int count = std::clamp(by_first - block.first_channel, 0, block.channels);
  SumBlock part = block;
  part.channels = count;
  run(first_, part, out);
  part.sums += count;
  part.first_channel += count;
  part.channels = block.channels - count;
  run(*last_, part, out);
}

void Epilogue::run(const Requantizer& rule, const SumBlock& block, std::byte* out) const {
  if (block.rows < 1 || block.channels < 1) return;
  const std::ptrdiff_t channels = rule.channels();
  const std::ptrdiff_t element = block.first_row * channels + block.first_channel;
  rule.run(block.sums, block.stride, block.rows, block.first_channel, block.channels,
           out + element * static_cast<std::ptrdiff_t>(size_of(rule.output())), channels);
}

}  // namespace nputwin
