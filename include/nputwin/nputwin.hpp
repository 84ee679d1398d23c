#pragma once

// nputwin.h for C++: handles that free themselves, and exceptions in the place of status codes. C++17. It adds nothing;
// nputwin.h says what each function takes and gives, and which texts belong to whom.

#include <nputwin/nputwin.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace nputwin {

/// Whatever could not be done: a bad model, an unknown profile, an input that does not fit. what() says where, what was
/// expected and what came.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Options of the tool without their dashes: {{"threads", "2"}, {"on-cpu", "7"}}.
using Options = std::vector<std::pair<std::string, std::string>>;

/// What a tensor is and, where there are any, its values: dense, row-major (NHWC), little-endian. real = scale * (code -
/// zero_point). It owns all but the values, which belong to what it was asked of.
struct Tensor {
  int index = 0;
  std::string name;
  std::string type;  ///< "int8", "uint8", "float32", …
  std::vector<std::int32_t> shape;
  std::vector<float> scales;  ///< none: not quantized; one: per tensor; else one for each index of dimension `axis`
  std::vector<std::int32_t> zero_points;
  int axis = 0;
  const std::byte* data = nullptr;
  std::size_t bytes = 0;

  explicit Tensor(const nputwin_tensor& t)
      : index(t.index),
        name(t.name),
        type(t.type),
        shape(t.shape, t.shape + t.dimensions),
        scales(t.scales, t.scales + t.scale_count),
        zero_points(t.zero_points, t.zero_points + t.scale_count),
        axis(t.axis),
        data(static_cast<const std::byte*>(t.data)),
        bytes(t.bytes) {}

  /// The values as T, which is the tensor's type.
  template <typename T>
  [[nodiscard]] std::vector<T> values() const {
    const auto* first = reinterpret_cast<const T*>(data);
    return data == nullptr ? std::vector<T>() : std::vector<T>(first, first + bytes / sizeof(T));
  }
};

namespace detail {

inline void check(const nputwin_context* context, nputwin_status status) {
  if (status == NPUTWIN_FAILED) throw Failure(nputwin_error(context));
}

inline std::vector<nputwin_option> pointers(const Options& options) {
  std::vector<nputwin_option> result;
  for (const auto& [name, value] : options) result.push_back({name.c_str(), value.c_str()});
  return result;
}

}  // namespace detail

/// The version of the library, a line.
inline std::string version() { return nputwin_version(); }

/// For one thread at a time, with all that was made with it. It outlives that.
class Context {
 public:
  Context() : handle_(nputwin_context_new(), nputwin_context_free) {
    if (!handle_) throw std::bad_alloc();
  }
  [[nodiscard]] nputwin_context* get() const { return handle_.get(); }
  /// What long work tells, and how it is ended; nullptr: nothing.
  void set_callbacks(const nputwin_callbacks* callbacks) {
    detail::check(get(), nputwin_context_set_callbacks(get(), callbacks));
  }

 private:
  std::unique_ptr<nputwin_context, void (*)(nputwin_context*)> handle_;
};

/// A .tflite file, or one in memory.
class Model {
 public:
  Model(const Context& context, const std::string& path) : Model(context) {
    nputwin_model* made = nullptr;
    detail::check(context_, nputwin_model_open(context_, path.c_str(), &made));
    handle_.reset(made);
  }
  Model(const Context& context, const void* bytes, std::size_t size, const std::string& name) : Model(context) {
    nputwin_model* made = nullptr;
    detail::check(context_, nputwin_model_from_memory(context_, bytes, size, name.c_str(), &made));
    handle_.reset(made);
  }
  [[nodiscard]] nputwin_model* get() const { return handle_.get(); }
  [[nodiscard]] nputwin_context* context() const { return context_; }
  /// What the file holds, as nputwin_model_json says.
  [[nodiscard]] std::string json() const {
    const char* text = nputwin_model_json(get());
    if (text == nullptr) throw Failure(nputwin_error(context_));
    return text;
  }

 private:
  explicit Model(const Context& context) : context_(context.get()), handle_(nullptr, nputwin_model_free) {}
  nputwin_context* context_;
  std::unique_ptr<nputwin_model, void (*)(nputwin_model*)> handle_;
};

/// A model prepared to run with one profile's arithmetic, bit for bit.
class Twin {
 public:
  Twin(const Model& model, const std::string& profile, const Options& options = {})
      : context_(model.context()), handle_(nullptr, nputwin_twin_free) {
    const auto given = detail::pointers(options);
    nputwin_twin* made = nullptr;
    check(nputwin_twin_new(context_, model.get(), profile.c_str(), given.data(), given.size(), &made));
    handle_.reset(made);
  }
  [[nodiscard]] nputwin_twin* get() const { return handle_.get(); }

  [[nodiscard]] std::size_t input_count() const { return nputwin_twin_input_count(get()); }
  [[nodiscard]] std::size_t output_count() const { return nputwin_twin_output_count(get()); }
  [[nodiscard]] Tensor input(std::size_t k) const { return asked(nputwin_twin_input, k); }
  /// Where the next run reads input k, for values that are made in place.
  [[nodiscard]] void* input_data(std::size_t k) { return nputwin_twin_input_data(get(), k); }
  void set_input(std::size_t k, const void* data, std::size_t bytes) {
    check(nputwin_twin_set_input(get(), k, data, bytes));
  }
  template <typename T>
  void set_input(std::size_t k, const std::vector<T>& values) {
    set_input(k, values.data(), values.size() * sizeof(T));
  }
  void run() { check(nputwin_twin_run(get())); }
  /// Gives the variables the values that they had before the first run.
  void reset() { nputwin_twin_reset(get()); }
  [[nodiscard]] Tensor output(std::size_t k) const { return asked(nputwin_twin_output, k); }
  /// By its index in the file; of what ops make, with the option keep=yes.
  [[nodiscard]] Tensor tensor(std::int32_t index) const { return asked(nputwin_twin_tensor, index); }
  /// The exact sums of a multiply-accumulate op in the last run, int64; with the option keep=yes.
  [[nodiscard]] Tensor accumulators(std::size_t op) const { return asked(nputwin_twin_accumulators, op); }

 private:
  void check(nputwin_status status) const { detail::check(context_, status); }
  template <typename Index>
  [[nodiscard]] Tensor asked(nputwin_status (*ask)(nputwin_twin*, Index, nputwin_tensor*), Index index) const {
    nputwin_tensor tensor{};
    tensor.struct_size = sizeof tensor;
    check(ask(get(), index, &tensor));
    return Tensor(tensor);
  }

  nputwin_context* context_;
  std::unique_ptr<nputwin_twin, void (*)(nputwin_twin*)> handle_;
};

/// Two sides of a model, compared sample by sample.
class Comparison {
 public:
  Comparison(const Model& model, const std::string& a, const std::string& b, const Options& options = {})
      : context_(model.context()), handle_(nullptr, nputwin_comparison_free) {
    const auto given = detail::pointers(options);
    nputwin_comparison* made = nullptr;
    detail::check(context_, nputwin_comparison_new(context_, model.get(), a.c_str(), b.c_str(), given.data(),
                                                   given.size(), &made));
    handle_.reset(made);
  }
  /// Is shown each output of each op as the two sides have it, while a sample runs.
  void watch(std::function<void(const Tensor& a, const Tensor& b)> function) {
    watch_ = std::make_unique<std::function<void(const Tensor&, const Tensor&)>>(std::move(function));
    detail::check(context_, nputwin_comparison_watch(
                                handle_.get(),
                                [](void* user, const nputwin_tensor* a, const nputwin_tensor* b) {
                                  (*static_cast<std::function<void(const Tensor&, const Tensor&)>*>(user))(Tensor(*a),
                                                                                                           Tensor(*b));
                                },
                                watch_.get()));
  }
  /// One sample: an array for each input of the model, of its type and shape.
  void add(const std::vector<nputwin_array>& arrays) {
    detail::check(context_, nputwin_comparison_add(handle_.get(), arrays.data(), arrays.size()));
  }
  /// The result of the samples so far.
  [[nodiscard]] std::string json() const {
    const char* text = nputwin_comparison_json(handle_.get());
    if (text == nullptr) throw Failure(nputwin_error(context_));
    return text;
  }

 private:
  nputwin_context* context_;
  std::unique_ptr<std::function<void(const Tensor&, const Tensor&)>> watch_;
  std::unique_ptr<nputwin_comparison, void (*)(nputwin_comparison*)> handle_;
};

struct Answer {
  nputwin_status status = NPUTWIN_OK;  ///< NPUTWIN_FAILED with a text: not all could be done
  std::string text;
  std::string error;  ///< what is missing, with NPUTWIN_FAILED
};

/// Does what the tool does with these words: {"prove", "m.tflite", "--for", "tflite-2.9.1-arm64,vip-v8"}. The answer is
/// JSON where the verb has that. Throws Failure where there is none.
inline Answer call(const Context& context, const std::vector<std::string>& words,
                   const std::vector<nputwin_attachment>& attachments = {}) {
  std::vector<const char*> pointers;
  for (const std::string& word : words) pointers.push_back(word.c_str());
  nputwin_answer* made = nullptr;
  const nputwin_status status =
      nputwin_call(context.get(), pointers.data(), pointers.size(), attachments.data(), attachments.size(), &made);
  const std::unique_ptr<nputwin_answer, void (*)(nputwin_answer*)> answer(made, nputwin_answer_free);
  if (!answer) detail::check(context.get(), status);
  std::size_t size = 0;
  const char* text = nputwin_answer_text(answer.get(), &size);
  return {status, std::string(text, size), status == NPUTWIN_FAILED ? nputwin_error(context.get()) : ""};
}

}  // namespace nputwin
