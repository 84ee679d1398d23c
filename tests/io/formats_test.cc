// .npy, .npz, pictures and input sources.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>

#include "base/temporary_folder.h"
#include "io/image.h"
#include "io/npy.h"
#include "io/npz.h"
#include "sides/input_source.h"
#include "support/paths.h"

namespace nputwin::formats_test {
namespace {

template <typename T>
Tensor tensor(const Shape& shape, const std::vector<T>& values) {
  Tensor t{{"t", *kDTypeOf<T>, shape, {}}, {}};
  const auto* first = reinterpret_cast<const std::byte*>(values.data());
  t.data.assign(first, first + values.size() * sizeof(T));
  return t;
}

Result<Tensor> parse(const std::string& text) { return parse_npy(std::as_bytes(std::span(text)), "x.npy"); }

TEST(Npy, RoundTrips) {
  for (const Shape& shape : {Shape{}, Shape{3}, Shape{2, 3}, Shape{0, 4}}) {
    std::vector<float> values(static_cast<std::size_t>(element_count(shape).value()), 1.5F);
    const Tensor t = tensor<float>(shape, values);
    const auto back = parse(npy_bytes(t.view()));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->spec.shape, shape);
    EXPECT_EQ(back->data, t.data);
  }
}

/// An array of 2x3 numbers 0 to 5 whose header says what it says.
template <typename T>
Result<Array> array_of(const std::string& descr, const std::string& fortran, const std::vector<T>& values) {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': (2, 3), }\n";
  std::string file = std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header;
  file.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  return parse_npy_array(std::as_bytes(std::span(file)), "x.npy");
}

template <typename T>
std::vector<T> numbers(const Result<Array>& array) {
  if (!array) return {};
  std::vector<T> values(array->data.size() / sizeof(T));
  std::memcpy(values.data(), array->data.data(), array->data.size());
  return values;
}

// A transposed NumPy array is saved in Fortran order.
TEST(Npy, ReadsFortranOrderAndEitherByteOrder) {
  EXPECT_EQ(numbers<std::int16_t>(array_of<std::int16_t>("<i2", "True", {0, 3, 1, 4, 2, 5})),
            (std::vector<std::int16_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(numbers<std::int16_t>(array_of<std::int16_t>(">i2", "False", {0, 256, 512, 768, 1024, 1280})),
            (std::vector<std::int16_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(numbers<std::int16_t>(array_of<std::int16_t>(">i2", "True", {0, 768, 256, 1024, 512, 1280})),
            (std::vector<std::int16_t>{0, 1, 2, 3, 4, 5}));
}

TEST(Npy, ReadsTypesThatNoTensorHas) {
  const auto wide = array_of<double>("<f8", "False", {0.1, 1, 2, 3, 4, 5});
  EXPECT_EQ(numbers<double>(wide), (std::vector<double>{0.1, 1, 2, 3, 4, 5}));
  EXPECT_EQ(name(wide->type), "float64");
  EXPECT_FALSE(to_tensor(*wide, "x.npy"));
  // 1, the smallest number, -2, the largest number, infinity, and 1 + 2^-10.
  const auto half = array_of<std::uint16_t>("<f2", "False", {0x3C00, 1, 0xC000, 0x7BFF, 0x7C00, 0x3C01});
  EXPECT_EQ(numbers<float>(half), (std::vector<float>{1, 0x1p-24F, -2, 65504, HUGE_VALF, 1.0009765625F}));
  EXPECT_FALSE(array_of<std::int16_t>("<c2", "False", {0, 1, 2, 3, 4, 5}));
}

TEST(Npy, DamagedFilesAreRefused) {
  const Tensor six = tensor<std::int8_t>({6}, {1, 2, 3, 4, 5, 6});
  const std::string good = npy_bytes(six.view());
  for (std::size_t n = 0; n < good.size(); ++n) EXPECT_FALSE(parse(good.substr(0, n))) << n;
  EXPECT_FALSE(parse(good + "x"));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return parse(text);
  };
  EXPECT_FALSE(with("False", "Maybe"));
  EXPECT_FALSE(with("|i1", "|S1"));
  EXPECT_FALSE(with("|i1", "|b1")) << "2 is no bool";
  EXPECT_FALSE(with("(6,)", "(-6,"));
  EXPECT_FALSE(with("(6,)", "(6,6"));
}

TEST(Npz, RoundTripsAndEqualTensorsMakeEqualFiles) {
  const std::string path = ::testing::TempDir() + "/nputwin_test.npz",
                    again = ::testing::TempDir() + "/nputwin_again.npz";
  TensorSet set;
  set["a/b:0"] = tensor<std::int32_t>({2}, {7, -7});
  set["ü"] = tensor<std::uint8_t>({}, {9});
  ASSERT_TRUE(write_npz(path, set));
  ASSERT_TRUE(write_npz(again, set));
  const auto back = read_npz(path);
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ(back->size(), 2U);
  EXPECT_EQ(back->at("a/b:0").data, set["a/b:0"].data);
  const auto x = read_file(path), y = read_file(again);
  EXPECT_TRUE(std::ranges::equal((*x)->bytes(), (*y)->bytes()));
  std::filesystem::remove(path), std::filesystem::remove(again);
}

// It was the alphabet's order.
TEST(Npz, KeepsTheOrderOfTheSet) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  TensorSet set;
  for (const char* key : {"z", "a", "m"}) set[key] = tensor<std::int32_t>({1}, {key[0]});
  set["z"] = tensor<std::int32_t>({1}, {5});
  ASSERT_TRUE(write_npz(folder / "x.npz", set));
  const TensorSet back = read_npz(folder / "x.npz").value();
  std::string order;
  for (const auto& [key, values] : back) order += key;
  EXPECT_EQ(order, "zam");
  EXPECT_EQ(back.at("z").view().as<std::int32_t>()[0], 5);
}

TEST(Npz, NotAZipIsRefused) { EXPECT_FALSE(read_npz(source_path("models/digits_int8.npy"))); }

TEST(Splitmix, FirstValuesOfSeedZero) {
  // Published reference values of the generator.
  EXPECT_EQ(splitmix64(0, 0), 0xE220A8397B1DCDAFU);
  EXPECT_EQ(splitmix64(0, 1), 0x6E789E6AA1B965F4U);
  EXPECT_EQ(splitmix64(0, 2), 0x06C45D188009454FU);
}

const TensorSpec kImage{"image", DType::kInt8, {1, 2, 2, 3}, {{0.5F}, {3}, 0}};
const TensorSpec kVector{"state", DType::kFloat32, {1, 4}, {}};

Result<InputSet> sources(const std::vector<TensorSpec>& specs, const std::vector<InputArgument>& arguments) {
  return make_inputs(specs, arguments);
}

TEST(InputSource, GeneratorsServeEveryInputWithItsOwnSeed) {
  const auto samples = sources({kImage, kVector}, {"noise:5"});
  ASSERT_TRUE(samples);
  ASSERT_EQ(samples->size(), 1U);
  const Sample sample = samples->sample(0).value();
  const Tensor& image = sample[0];
  EXPECT_EQ(image.view().as<std::int8_t>()[0],
            static_cast<std::int8_t>(static_cast<int>(splitmix64(5, 0) >> 56) - 128));
  EXPECT_EQ(sample[1].view().as<float>()[3], (static_cast<float>(splitmix64(6, 3) >> 56) - 128.0F) / 128.0F);
  const Sample ramp = sources({kVector}, {"ramp"}).value().sample(0).value();
  EXPECT_EQ(ramp[0].view().as<float>()[2], -126.0F / 128.0F);
}

TEST(InputSource, NamesAndMistakes) {
  EXPECT_TRUE(sources({kImage, kVector}, {"state=ramp", "image=zeros"}));
  EXPECT_FALSE(sources({kImage, kVector}, {"state=ramp"}));
  EXPECT_FALSE(sources({kImage}, {"image=ramp", "image=zeros"}));
  EXPECT_FALSE(sources({kImage}, {"ramp", "zeros"}));
  EXPECT_FALSE(sources({kImage}, {"noise:x"}));
  EXPECT_FALSE(sources({kImage}, {"whatever"}));
  EXPECT_FALSE(sources({kImage}, {source_path("models/digits_int8.npy")}));
}

std::string why_not(const std::string& source) {
  const auto made = sources({kVector}, {source});
  return made ? "" : made.error().message;
}

// A range of valid seeds that was too long was "expected noise: and a number".
TEST(InputSource, SeedsThatAreRefusedForWhatTheyAre) {
  EXPECT_EQ(why_not("noise:18446744073709551615"), "");
  EXPECT_EQ(why_not("noise:1..1000000"), "");
  EXPECT_NE(why_not("noise:1..1000001").find("more than 1000000 seeds"), std::string::npos);
  EXPECT_NE(why_not("noise:18446744073709551616").find("at most 18446744073709551615"), std::string::npos);
  EXPECT_NE(why_not("noise:7..5").find("above the last"), std::string::npos);
}

TEST(InputSource, AnArrayOfManySamples) {
  const TensorSpec digit{"digit", DType::kInt8, {1, 8, 8, 1}, {}};
  const auto samples = sources({digit}, {source_path("models/digits_int8.npy")});
  ASSERT_TRUE(samples) << samples.error().message;
  EXPECT_EQ(samples->size(), 40U);
}

TEST(InputSource, ARangeOfSeeds) {
  const auto range = sources({kImage, kVector}, {"noise:5..7"});
  ASSERT_TRUE(range) << range.error().message;
  ASSERT_EQ(range->size(), 3U);
  const Sample last = range->sample(2).value(),
               alone = sources({kImage, kVector}, {"noise:7"}).value().sample(0).value();
  EXPECT_EQ(last[0].data, alone[0].data);
  EXPECT_EQ(last[1].data, alone[1].data);
  for (const char* wrong : {"noise:7..5", "noise:1..", "noise:1..2..3", "noise:1..99999999"})
    EXPECT_FALSE(sources({kImage}, {wrong})) << wrong;
}

TEST(InputSource, AFolderIsOneSampleAFile) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  for (int n = 0; n < 3; ++n) {
    const std::vector<std::byte> bytes(12, static_cast<std::byte>(n));
    ASSERT_TRUE(write_file_whole(folder / fmt::format("{}.bin", n), bytes));
  }
  ASSERT_TRUE(write_file_whole(folder / "notes.txt", std::string_view("not an input")));
  const auto samples = sources({kImage}, {folder.path()});
  ASSERT_TRUE(samples) << samples.error().message;
  ASSERT_EQ(samples->size(), 3U);
  EXPECT_EQ(samples->sample(2).value()[0].data[0], std::byte{2});
  ASSERT_TRUE(write_file_whole(folder / "3.bin", std::string_view("short")));
  const auto wrong = sources({kImage}, {folder.path()}).value().sample(3);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("3.bin: has 5 bytes"), std::string::npos) << wrong.error().message;
}

Image checks(int height, int width) {
  Image image{height, width, {}};
  for (int i = 0; i < height * width * 3; ++i)
    image.pixels.push_back(static_cast<std::uint8_t>(splitmix64(9, static_cast<std::uint64_t>(i)) >> 56));
  return image;
}

std::uint64_t fingerprint(const Image& image) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) sum = sum * 31 + image.pixels[i];
  return sum;
}

TEST(Resize, KeepsWhatNeedsNoChange) {
  const Image image = checks(5, 7);
  for (const auto& r : kResizeNames) EXPECT_EQ(resize(image, 5, 7, r.method).pixels, image.pixels) << r.name;
}

// Recorded with Pillow 13 (Image.resize with BILINEAR and BICUBIC) on the same pixels; nearest from its
// formula in NumPy.
TEST(Resize, EqualsPillow) {
  EXPECT_EQ(fingerprint(resize(checks(23, 31), 9, 12, Resize::kPillowBilinear)), 0x6DA0CB36BB905793U);
  EXPECT_EQ(fingerprint(resize(checks(23, 31), 9, 12, Resize::kPillowBicubic)), 0x4851D86A2288D2B0U);
  EXPECT_EQ(fingerprint(resize(checks(9, 12), 23, 31, Resize::kPillowBilinear)), 0x628CBC52CCD590ABU);
  EXPECT_EQ(fingerprint(resize(checks(9, 12), 23, 31, Resize::kPillowBicubic)), 0x11123CA9C7973525U);
  EXPECT_EQ(fingerprint(resize(checks(23, 31), 9, 12, Resize::kNearest)), 0xB1E4B1ED86F3415BU);
}

// Recorded with ai-edge-litert 2.3.0: RESIZE_BILINEAR in its reference kernel on the same pixels, cut to integers.
TEST(Resize, EqualsLabelImage) {
  EXPECT_EQ(fingerprint(resize(checks(23, 31), 9, 12, Resize::kLabelImage)), 0x62601FEDD1E5313CU);
  EXPECT_EQ(fingerprint(resize(checks(9, 12), 23, 31, Resize::kLabelImage)), 0xED8122B2DEA5630FU);
}

}  // namespace
}  // namespace nputwin::formats_test
