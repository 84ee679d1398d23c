#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace nputwin {

class PackedWeights;
struct ProductKernels;

/// What a layer's inputs are multiplied with: quantized value - zero point, in the order of the file. Copies share the
/// values and what has been packed of them.
class LayerValues {
 public:
  LayerValues() : LayerValues(std::vector<std::int16_t>()) {}
  // NOLINTNEXTLINE(google-explicit-constructor): it is those values
  LayerValues(std::vector<std::int16_t> values) : shared_(std::make_shared<Shared>(std::move(values))) {}

  [[nodiscard]] std::span<const std::int16_t> all() const { return shared_->values; }
  [[nodiscard]] std::size_t size() const { return shared_->values.size(); }
  [[nodiscard]] std::int16_t operator[](std::size_t i) const { return shared_->values[i]; }
  [[nodiscard]] auto begin() const { return shared_->values.cbegin(); }
  [[nodiscard]] auto end() const { return shared_->values.cend(); }

  bool operator==(const LayerValues& other) const {
    return shared_ == other.shared_ || shared_->values == other.shared_->values;
  }

  /// How some of the values are packed: those of `channels` channels from `first` on.
  struct Packing {
    std::size_t first = 0;
    std::int64_t channels = 0;
    int entries = 0;
    std::int64_t run = 0;
    int vectors = 0;
    int lanes = 0, group = 0;  ///< of the kernels

    bool operator==(const Packing&) const = default;
  };
  /// Packs them when first asked, and keeps that. Any thread.
  [[nodiscard]] std::shared_ptr<const PackedWeights> packed(Packing packing, const ProductKernels& kernels) const;

 private:
  friend class LayerValuesPool;
  struct Shared {
    explicit Shared(std::vector<std::int16_t> all) : values(std::move(all)) {}

    const std::vector<std::int16_t> values;
    std::mutex mutex;
    std::vector<std::pair<Packing, std::shared_ptr<const PackedWeights>>> packed;
  };
  explicit LayerValues(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  std::shared_ptr<Shared> shared_;
};

/// Values of layers that were made ready together: equal ones are kept once, as long as a layer has them. Any thread.
class LayerValuesPool {
 public:
  [[nodiscard]] LayerValues share(std::vector<std::int16_t> values);

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<LayerValues::Shared>> all_;
};

}  // namespace nputwin
