#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace nputwin::test {

template <typename T>
std::vector<T> random_values(std::mt19937& engine, std::size_t count, int lo, int hi) {
  std::vector<T> values(count);
  for (T& v : values) v = static_cast<T>(std::uniform_int_distribution<int>(lo, hi)(engine));
  return values;
}

}  // namespace nputwin::test
