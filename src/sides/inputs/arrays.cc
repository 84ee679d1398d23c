// .npy and .npz.

#include "sides/inputs/arrays.h"

#include <map>

#include "io/npy.h"
#include "io/npz.h"
#include "sides/inputs/array_values.h"

namespace nputwin::inputs {
namespace {

/// How an array's shape fits an input.
struct Fit {
  std::int32_t samples = 0;  // 0: not at all
  bool nchw = false;
};

/// How many samples of shape `want` an array of shape `have` holds; 0: it does not fit.
std::int32_t samples_in(const Shape& have, const Shape& want) {
  if (have == want) return 1;
  if (want.empty()) return 0;
  const Shape rest(want.begin() + 1, want.end());
  if (have == rest && want[0] == 1) return 1;
  if (have.size() != want.size() || want[0] < 1 || have[0] % want[0] != 0) return 0;
  return Shape(have.begin() + 1, have.end()) == rest ? have[0] / want[0] : 0;
}

Result<Numbers> numbers_option(const Given& given) {
  const std::string word = option(given, "quantize", "");
  if (word.empty()) return Numbers::kUnsaid;
  if (word == "yes") return Numbers::kReal;
  if (word == "no") return Numbers::kCodes;
  return error(
      "'{}': expected quantize=yes, where its numbers are real, or quantize=no, where they are quantized values",
      given.text);
}

/// "[1,8,8,3], or [K,8,8,3] for K samples, or as NCHW [1,3,8,8]"
std::string expected_shapes(const Shape& want) {
  std::string text = to_string(want);
  if (want.empty()) return text;
  const std::string many = want[0] == 1 ? "K" : fmt::format("K*{}", want[0]);
  text += fmt::format(", or [{}{} for K samples", many, text.substr(text.find_first_of(",]")));
  if (want.size() == 4 && want[3] > 1) text += ", or as NCHW " + to_string(nchw_shape(want));
  return text;
}

/// Whether the values of an [N,H,W,C] are in another order as [N,C,H,W].
bool order_matters(const Shape& nhwc) { return nhwc[3] > 1 && std::int64_t{nhwc[1]} * nhwc[2] > 1; }

Result<Fit> fit(const TensorSpec& input, const Shape& have, Layout layout, const std::string& where,
                const Notes& notes) {
  const Shape& want = input.shape;
  const bool has_layout = want.size() == 4;
  if (layout != Layout::kUnsaid && !has_layout)
    return error("{}: a layout is for four dimensions, but input '{}' takes {}; NAME=FILE,layout=… is for one input",
                 where, input.name, to_string(want));
  const std::int32_t as_nhwc = layout == Layout::kNchw ? 0 : samples_in(have, want);
  const std::int32_t as_nchw = has_layout && layout != Layout::kNhwc ? samples_in(have, nchw_shape(want)) : 0;
  if (as_nhwc == 0 && as_nchw == 0) {
    const std::string expected =
        layout == Layout::kNchw ? "as NCHW " + to_string(nchw_shape(want)) : expected_shapes(want);
    return error("{}: has shape {}, but input '{}' takes {}", where, to_string(have), input.name, expected);
  }
  if (as_nhwc == 0) {
    notes.say("layout", input, fmt::format("{}: {} is NCHW; brought to NHWC", where, to_string(have)));
    return Fit{as_nchw, true};
  }
  if (as_nchw != 0 && order_matters(want))
    notes.say("layout", input,
              fmt::format("{}: {} could be NHWC or NCHW; taken for NHWC, ,layout=nchw behind it says otherwise", where,
                          to_string(have)));
  return Fit{as_nhwc, false};
}

}  // namespace

Source array_source(const Given& given, const std::shared_ptr<const Array>& array, const Notes& notes) {
  return {given.text, false, [given, array, notes](const TensorSpec& input, std::size_t) {
            return samples_of(input, array, given, given.path, notes);
          }};
}

Result<Layout> layout_option(const Given& given) {
  const std::string word = option(given, "layout", "");
  if (word.empty()) return Layout::kUnsaid;
  if (word == "nhwc") return Layout::kNhwc;
  if (word == "nchw") return Layout::kNchw;
  return error("'{}': the layout is nchw or nhwc, not '{}'", given.text, word);
}

Result<InputSamples> samples_of(const TensorSpec& input, const std::shared_ptr<const Array>& array, const Given& given,
                                const std::string& where, const Notes& notes) {
  NPUTWIN_ASSIGN_OR_RETURN(const Layout layout, layout_option(given));
  NPUTWIN_ASSIGN_OR_RETURN(const Numbers numbers, numbers_option(given));
  NPUTWIN_ASSIGN_OR_RETURN(const Fit fitting, fit(input, array->shape, layout, where, notes));
  NPUTWIN_ASSIGN_OR_RETURN(auto values, values_for(input, array, numbers, where, notes));
  if (fitting.nchw) {
    Shape all = input.shape;
    all[0] *= fitting.samples;
    auto nhwc = std::make_shared<const std::vector<std::byte>>(nhwc_from_nchw(values.bytes, all, size_of(input.type)));
    values = Values{*nhwc, nhwc};
  }
  return InputSamples{static_cast<std::size_t>(fitting.samples), [values, input](std::size_t n) -> Result<Tensor> {
                        const Bytes one = values.bytes.subspan(n * input.bytes(), input.bytes());
                        return Tensor{input, {one.begin(), one.end()}};
                      }};
}

bool recognises_npy(const Given& given) {
  return given.bytes ? is_npy(given.bytes->bytes()) : given.is_file_of({".npy"});
}

Result<Source> open_npy(const Given& given, const Notes& notes) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, given.read());
  NPUTWIN_ASSIGN_OR_RETURN(Array array, parse_npy_array(file->bytes(), given.path));
  return array_source(given, std::make_shared<const Array>(std::move(array)), notes);
}

bool recognises_npz(const Given& given) {
  return given.bytes ? is_zip(given.bytes->bytes()) : given.is_file_of({".npz"});
}

Result<Source> open_npz(const Given& given, const Notes& notes) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, given.read());
  NPUTWIN_ASSIGN_OR_RETURN(auto arrays, parse_npz_arrays(file->bytes(), given.path));
  std::map<std::string, std::shared_ptr<const Array>> set;
  for (auto& [name, array] : arrays) set[name] = std::make_shared<const Array>(std::move(array));
  return Source{given.text, true,
                [given, set = std::move(set), notes](const TensorSpec& input, std::size_t k) -> Result<InputSamples> {
                  auto found = set.find(input.name);
                  if (found == set.end()) found = set.find(fmt::format("in{}", k));
                  if (found == set.end()) return error("{}: has no array '{}' (nor 'in{}')", given.path, input.name, k);
                  return samples_of(input, found->second, given, fmt::format("{}[{}]", given.path, found->first),
                                    notes);
                }};
}

}  // namespace nputwin::inputs
