#include "analysis/prove/codes.h"

#include <algorithm>

#include "tensor/code_types.h"

namespace nputwin {

std::vector<Codes> codes_of_tensors(const Session& a, const Session& b) {
  std::vector<Codes> all(a.graph().tensors.size());
  for (std::size_t t = 0; t < all.size(); ++t) {
    const TensorSpec& spec = a.preparation().specs()[t];
    all[t] = Codes::of_type(spec.type);
    all[t].tensor = static_cast<int>(t);
    if (!is_constant(a, b, t) || !has_codes(spec.type) || spec.elements() == 0) continue;
    with_code_type(spec.type, [&](auto code) {
      const auto values = TensorView{&spec, *a.preparation().constant(t)}.as<decltype(code)>();
      all[t].constant.assign(values.begin(), values.end());
    });
    const auto [least, most] = std::ranges::minmax(all[t].constant);
    all[t].range = {least, most};
  }
  return all;
}

bool is_constant(const Session& a, const Session& b, std::size_t tensor) {
  const auto &of_a = a.preparation().constant(tensor), &of_b = b.preparation().constant(tensor);
  return of_a && of_b && !a.graph().tensors[tensor].variable && std::ranges::equal(*of_a, *of_b);
}

}  // namespace nputwin
