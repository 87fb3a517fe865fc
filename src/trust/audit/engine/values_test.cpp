#include "trust/audit/engine/values.h"

#include <gtest/gtest.h>

namespace pilothouse::audit {
namespace {

TEST(Values, TheSameHasTheSameId) {
  Values values;
  EXPECT_EQ(values.symbol("a"), values.symbol("a"));
  EXPECT_NE(values.symbol("a"), values.symbol("b"));
  EXPECT_EQ(values.text(values.symbol("a")), "a");
  EXPECT_EQ(values.path("os.system"), values.attribute(values.path("os"), values.symbol("system")));
  EXPECT_EQ(values.path_text(values.called(values.item(values.path("a")))), "a[]()");
  EXPECT_EQ(values.text_constant("a"), values.text_constant("a"));
  EXPECT_NE(values.text_constant("a"), values.bytes_constant("a"));
  EXPECT_NE(values.text_constant("1"), values.integer(1));
  EXPECT_NE(values.integer(1), values.constant({ConstantKind::kBool, 0, 1, {}, {}}));
  EXPECT_EQ(values.of_text("a"), values.of_text("a"));
  EXPECT_EQ(values.taint(1, 2), values.taint(1, 2));
}

TEST(Values, JoinsAreSets) {
  Values values;
  const ValueId a = values.of_text("a"), b = values.of_path(values.path("os")), c = values.taint(0, 1);
  EXPECT_EQ(values.join(a, 0), a);
  EXPECT_EQ(values.join(0, a), a);
  EXPECT_EQ(values.join(a, a), a);
  EXPECT_EQ(values.join(a, b), values.join(b, a));
  EXPECT_EQ(values.join(values.join(a, b), c), values.join(a, values.join(c, b)));
  EXPECT_EQ(values.only(values.join(a, b), FacetKind::kPath), b);
  EXPECT_EQ(values.only(a, FacetKind::kPath), 0U);
  EXPECT_EQ(values.without(values.join(a, b), FacetKind::kPath), a);
  EXPECT_TRUE(values.has(values.join(a, b), FacetKind::kPath));
  EXPECT_FALSE(values.has(a, FacetKind::kTaint));
}

TEST(Values, OneConstantIsKnownSeveralAreNot) {
  Values values;
  const ValueId a = values.of_text("a"), b = values.of_text("b");
  EXPECT_EQ(values.known(a), values.text_constant("a"));
  EXPECT_EQ(values.known(values.join(a, values.taint(0, 1))), values.text_constant("a"));
  EXPECT_EQ(values.known(values.join(a, b)), 0U);
  EXPECT_EQ(values.known(values.join(a, values.of_path(values.path("os")))), 0U);
  EXPECT_EQ(values.known(0), 0U);
  EXPECT_EQ(values.known_text(a)->text, "a");
  EXPECT_EQ(values.known_text(values.of_constant(values.bytes_constant("a"))), nullptr);
}

TEST(Values, OfManyConstantsNoneIsLeft) {
  Values values;
  ValueId many = values.taint(0, 1);
  for (int i = 0; i < 100; ++i) many = values.join(many, values.of_constant(values.integer(i)));
  EXPECT_LE(values.facets(many).size(), 6U);
  EXPECT_TRUE(values.has(many, FacetKind::kTaint));
  EXPECT_EQ(values.known(many), 0U);
}

TEST(Values, OfManyPathsAndTaintsSomeAreKept) {
  Values values;
  ValueId many = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    many = values.join(many, values.of_path(values.path("a" + std::to_string(i))));
    many = values.join(many, values.taint(i, i));
    many = values.join(many, values.value(Facet(FacetKind::kObject, i)));
    many = values.join(many, values.value(Facet(FacetKind::kFunction, i)));
    many = values.join(many, values.value(Facet(FacetKind::kCheck, i)));
  }
  EXPECT_LE(values.facets(many).size(), 40U);
  for (const FacetKind kind : {FacetKind::kPath, FacetKind::kTaint, FacetKind::kObject, FacetKind::kFunction})
    EXPECT_TRUE(values.has(many, kind));
  // Two full values make one.
  ValueId other = 0;
  for (std::uint32_t i = 200; i < 300; ++i) {
    for (const FacetKind kind :
         {FacetKind::kPath, FacetKind::kFunction, FacetKind::kObject, FacetKind::kCheck})
      other = values.join(other, values.value(Facet(kind, i)));
    other = values.join(other, values.taint(i, i));
  }
  EXPECT_LE(values.facets(values.join(many, other)).size(), 40U);
}

TEST(Values, ASourceIsThereOnce) {
  Values values;
  const ValueId first = values.taint(7, 1);
  EXPECT_EQ(values.join(first, values.taint(7, 2)), first);
  EXPECT_EQ(values.facets(values.join(first, values.taint(8, 2))).size(), 2U);
}

TEST(Values, PathsDoNotGrowForever) {
  Values values;
  PathId path = values.path("a");
  for (int i = 0; i < 100 && path != 0; ++i) path = values.called(path);
  EXPECT_EQ(path, 0U);
  EXPECT_EQ(values.called(0), 0U);
  EXPECT_EQ(values.attribute(values.path("a"), values.symbol(std::string(1000, 'b'))), 0U);
}

TEST(Values, LayersAreBounded) {
  Values values;
  LayersId layers = 0;
  for (int i = 0; i < 1000; ++i) layers = values.layers(layers, i % 2 == 0 ? "base64" : "hex");
  EXPECT_EQ(values.layer_names(layers).size(), 64U);
  EXPECT_EQ(values.layers(values.layers(0, "chr"), "chr"), values.layers(0, "chr"));
  EXPECT_EQ(values.layer_names(values.layers(values.layers(0, "base64"), "base64")).size(), 2U);
  EXPECT_EQ(values.both(0, layers), layers);
}

TEST(Values, CountWhatTheyHold) {
  Values values;
  const std::uint64_t before = values.bytes();
  values.text_constant(std::string(1U << 20, 'a'));
  EXPECT_GE(values.bytes(), before + (1U << 20));
}

}  // namespace
}  // namespace pilothouse::audit
