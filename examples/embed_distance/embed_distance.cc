// embed_distance MODEL PROFILE_A PROFILE_B: the distance between the embeddings that two devices compute for
// one input. What a face or voice matcher sees when it enrols on one device and compares on the other.

#include <nputwin/nputwin.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

namespace {

/// The model's first output as real numbers, for an input of equal steps through all codes.
std::vector<double> embed(const nputwin::Model& model, const char* profile) {
  nputwin::Twin twin(model, profile);
  std::vector<unsigned char> input(twin.input(0).bytes);
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<unsigned char>(i * 4);
  twin.set_input(0, input);
  twin.run();
  const nputwin::Tensor output = twin.output(0);
  std::vector<double> embedding;
  const auto add = [&](int code) {
    embedding.push_back(static_cast<double>(output.scales.at(0)) * (code - output.zero_points.at(0)));
  };
  if (output.type == "int8") {
    for (const signed char code : output.values<signed char>()) add(code);
  } else {
    for (const unsigned char code : output.values<unsigned char>()) add(code);
  }
  return embedding;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s MODEL PROFILE_A PROFILE_B\n", argv[0]);
    return 2;
  }
  try {
    const nputwin::Context context;
    const nputwin::Model model(context, argv[1]);
    const auto a = embed(model, argv[2]), b = embed(model, argv[3]);
    double squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i) squares += (a[i] - b[i]) * (a[i] - b[i]);
    std::printf("euclidean distance of %zu numbers: %.6f\n", a.size(), std::sqrt(squares));
  } catch (const nputwin::Failure& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 2;
  }
  return 0;
}
