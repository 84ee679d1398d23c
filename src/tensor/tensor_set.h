#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tensor/tensor.h"

namespace nputwin {

/// Named tensors in the order in which they were added: a run of the twin, of a real runtime, a board's dump. Whoever
/// compares never asks where they came from.
class TensorSet {
 public:
  using Entry = std::pair<std::string, Tensor>;

  /// The tensor of that name; a new one comes last.
  Tensor& operator[](const std::string& name) {
    const auto [place, is_new] = places_.try_emplace(name, entries_.size());
    if (is_new) entries_.emplace_back(name, Tensor());
    return entries_[place->second].second;
  }
  [[nodiscard]] std::vector<Entry>::const_iterator find(std::string_view name) const {
    const auto place = places_.find(name);
    return place == places_.end() ? entries_.end() : entries_.begin() + static_cast<std::ptrdiff_t>(place->second);
  }
  [[nodiscard]] const Tensor& at(const std::string& name) const { return entries_[places_.at(name)].second; }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] auto begin() { return entries_.begin(); }
  [[nodiscard]] auto end() { return entries_.end(); }
  [[nodiscard]] auto begin() const { return entries_.begin(); }
  [[nodiscard]] auto end() const { return entries_.end(); }

 private:
  std::vector<Entry> entries_;
  std::map<std::string, std::size_t, std::less<>> places_;  // in entries_, by name
};

}  // namespace nputwin
