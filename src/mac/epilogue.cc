#include "mac/epilogue.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace nputwin {

Epilogue::Epilogue(Requantizer all) : first_(std::move(all)), blocks_{first_.channels(), INT64_MAX} { guard(); }

Epilogue::Epilogue(Requantizer first, Requantizer last, Blocks blocks) : first_(std::move(first)), blocks_(blocks) {
  if (blocks.channels < first_.channels() || blocks.elements != INT64_MAX) last_ = std::move(last);
  guard();
}

void Epilogue::guard() {
  GuardedWork work{{first_.work()}, first_.zero_point(), first_.clamp(), first_.output()};
  if (last_) {
    if (last_->zero_point() != work.zero_point || last_->clamp() != work.clamp || last_->output() != work.output) {
      why_not_guarded_ = "the two rules of the layer have other zero points or clamps";
      return;
    }
    work.works.push_back(last_->work());
  }
  why_not_guarded_ = guard_codes(work, guarded_);
}

KernelForm Epilogue::form(const Isa& isa) const {
  KernelForm form;
  if (isa.scalar()) {
    form.refused.push_back({kGuardedForm, kScalarAskedFor});
  } else if (guarded() == nullptr) {
    form.refused.push_back({kGuardedForm, why_not_guarded_});
  } else {
    form.name = kGuardedForm;
    form.isa = isa.name;
  }
  return form;
}

void Epilogue::run_elements(const SumBlock& block, std::span<const std::uint16_t> elements, std::byte* out) const {
  const auto bytes = static_cast<std::int64_t>(size_of(first_.output()));
  for (const std::uint16_t at : elements) {
    const int row = at >> 8, channel = at & 0xFF;
    const std::int64_t to = (block.first_row + row * block.row_step) * channels() + block.first_channel + channel;
    const std::int32_t code = element(to).code(std::int64_t{block.sums[row * block.stride + channel]});
    std::memcpy(out + to * bytes, &code, static_cast<std::size_t>(bytes));  // its lowest bytes
  }
}

void Epilogue::run(const SumBlock& block, std::byte* out) const {
  if (block.row_step != 1) {
    SumBlock one = block;
    one.rows = 1;
    one.row_step = 1;
    for (int r = 0; r < block.rows; ++r) {
      one.sums = block.sums + r * block.stride;
      one.first_row = block.first_row + r * block.row_step;
      run(one, out);
    }
    return;
  }
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
