#include "analysis/prove/codes.h"

#include "tensor/code_types.h"

namespace nputwin {

std::vector<Codes> codes_of_tensors(const Session& a, const Session& b) {
  std::vector<Codes> all(a.graph().tensors.size());
  for (std::size_t t = 0; t < all.size(); ++t) {
    const TensorSpec& spec = a.preparation().specs()[t];
    all[t] = Codes::of_type(spec.type);
    all[t].tensor = static_cast<int>(t);
    // What the sides compute of constants can differ.
    if (!is_constant(a, t) || !is_constant(b, t) || !has_codes(spec.type) || spec.elements() == 0) continue;
    const Bytes bytes = *a.preparation().constant(t);
    if (!std::ranges::equal(bytes, *b.preparation().constant(t))) continue;
    with_code_type(spec.type, [&](auto code) {
      const auto values = TensorView{&spec, bytes}.as<decltype(code)>();
      all[t].constant.assign(values.begin(), values.end());
    });
    const auto [least, most] = std::ranges::minmax(all[t].constant);
    all[t].range = {least, most};
  }
  return all;
}

bool is_constant(const Session& session, std::size_t tensor) {
  return session.preparation().constant(tensor) && !session.graph().tensors[tensor].variable;
}

}  // namespace nputwin
