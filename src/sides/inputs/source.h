#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/callbacks.h"
#include "base/file.h"
#include "base/result.h"
#include "sides/input_source.h"
#include "tensor/layout.h"

namespace nputwin::inputs {

/// Tells the user what is done to the values, each topic once for an input, however many samples there are.
class Notes {
 public:
  explicit Notes(std::function<void(const std::string&)> note)
      : note_(std::move(note)), said_(std::make_shared<std::set<std::string>>()) {}
  /// The same for one file among others.
  [[nodiscard]] Notes among(std::size_t files) const;

  void say(const std::string& topic, const TensorSpec& input, const std::string& text) const;

 private:
  std::function<void(const std::string&)> note_;
  std::shared_ptr<std::set<std::string>> said_;
  std::size_t others_ = 0;  // files that are treated alike
};

/// A source without the NAME in front of it.
struct Given {
  std::string text;                   ///< all of it
  std::string path;                   ///< without the options behind it
  std::vector<std::string> options;   ///< KEY=VALUE
  std::shared_ptr<const Blob> bytes;  ///< the content, where a stream gave it

  /// The options are those behind the longest part of the text that names something: names may hold commas.
  [[nodiscard]] static Given parse(const std::string& text);
  /// Of an array in memory: behind the first comma are options.
  [[nodiscard]] static Given in_memory(const std::string& text);
  [[nodiscard]] Result<std::shared_ptr<const Blob>> read(std::size_t limit = std::size_t{8} << 30) const;
  /// Whether the path is no folder and ends in one of these, in small letters or large ones.
  [[nodiscard]] bool is_file_of(std::initializer_list<std::string_view> endings) const;
};

/// An opened source: makes the samples of input k.
struct Source {
  std::string text;
  bool serves_all = false;
  std::function<Result<InputSamples>(const TensorSpec&, std::size_t k)> make;
};

/// A source of one sample, which f makes.
[[nodiscard]] Source one_sample(const Given& given, bool serves_all,
                                std::function<Result<Tensor>(const TensorSpec&)> f);

/// A kind of source: one line in kinds.inc.
struct Kind {
  std::string_view looks, description;
  std::string_view options;  ///< the keys that may stand behind a path
  bool (*recognises)(const Given&);
  Result<Source> (*open)(const Given&, const Notes&);
};
[[nodiscard]] std::span<const Kind> kinds();
/// The first kind that recognises it; null where none does.
[[nodiscard]] const Kind* kind_of(const Given& given);
/// An error where it has an option that is not among `options`; `looks` names it.
[[nodiscard]] Status check_options(const Given& given, std::string_view looks, std::string_view options);
/// Opens it as the kind; an error where the kind does not take one of its options.
[[nodiscard]] Result<Source> open(const Kind& kind, const Given& given, const Notes& notes);

#define NPUTWIN_INPUT_KIND(function, looks, description, options) \
  [[nodiscard]] bool recognises_##function(const Given& given);   \
  [[nodiscard]] Result<Source> open_##function(const Given& given, const Notes& notes);
#include "sides/inputs/kinds.inc"
#undef NPUTWIN_INPUT_KIND

/// The text behind "KEY=" where the options have that key, else `otherwise`.
[[nodiscard]] std::string option(const Given& given, std::string_view key, std::string otherwise);
/// The key of a KEY=VALUE.
[[nodiscard]] std::string key_of(const std::string& option);
/// Whether `key` is one of the words of `options`.
[[nodiscard]] bool takes_option(std::string_view options, std::string_view key);

/// Zeros.
[[nodiscard]] Tensor blank(const TensorSpec& spec);
/// Elements from bytes: uint8 b, int8 b - 128, float32 (b - 128) / 128; types without such a convention stay zero.
[[nodiscard]] Tensor from_bytes(const TensorSpec& spec, const std::function<std::uint8_t(std::size_t)>& byte);
/// 0, 1, 2, … 255, 0, …
[[nodiscard]] Tensor ramp(const TensorSpec& spec);

}  // namespace nputwin::inputs
