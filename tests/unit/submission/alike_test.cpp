#include "orderd/submission/alike.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace orderd::submission;

TEST_CASE("a text written by another hand is the same text")
{
    const struct {
        std::string_view sent, told;
    } rows[] = {
        {"東京拠点", "東京拠点"},
        // width, and what NFKC makes one
        {"ガード㈱", "ｶﾞｰﾄﾞ㈱"},
        {"ガード㈱", "ガード(株)"},
        {"ガード㈱", "ｶﾞｰﾄﾞ(株)"},
        {"パート", "ﾊﾟｰﾄ"},
        {"が", "か\u3099"}, // composed and not
        {"ヴ", "ｳﾞ"},
        {"ABC123", "\uff21\uff22\uff23\uff11\uff12\uff13"},
        {"①拠点", "1拠点"},
        {"Ⅲ型", "III型"},
        {"㍻", "平成"},
        {"㎡", "m2"},
        {"㈲鈴木", "(有)鈴木"},
        {"A・B", "A･B"},
        {"「本社」", "｢本社｣"},
        // case
        {"Tokyo", "TOKYO"},
        {"Tokyo", "\uff54\uff4f\uff4b\uff59\uff4f"},
        // waves, dashes, and others that Windows writes otherwise
        {"9:00〜17:00", "9:00～17:00"},
        {"9:00～17:00", "9:00〜17:00"},
        {"2\u221214\u22121", "2-14-1"},
        {"2-14-1", "2\uff0d14\uff0d1"},
        {"2-14-1", "2\u201014\u20101"},
        {"2-14-1", "2\u201314\u20131"},
        {"2\u221214\u22121", "2\uff0d14\uff0d1"},
        {"A\u2014B", "A\u2015B"},
        {"A\u2016B", "A\u2225B"},
        {"\u00a5100", "\uffe5100"},
        // spaces
        {"東京 拠点", "東京\u3000拠点"},
        {"東京 拠点", "東京  拠点"},
        {"東京 拠点", " 東京 拠点\u3000"},
        {"東京\t拠点", "東京 拠点"},
        {"東京 拠点", "東京\u00a0拠点"},
        // entities
        {"A&B", "A&amp;B"},
        {"<本社>", "&lt;本社&gt;"},
        {"\"本社\"", "&quot;本社&quot;"},
        {"O'Neil", "O&#39;Neil"},
        {"O'Neil", "O&#x27;Neil"},
        {"O'Neil", "O&apos;Neil"},
        {"東", "&#26481;"},
        {"東", "&#x6771;"},
        {"A&amp;B", "A&amp;B"},
        // characters that were lost
        {"髙橋商店", "?橋商店"},
        {"髙橋商店", "\ufffd橋商店"},
        {"髙橋商店", "\uff1f橋商店"},
        {"髙橋商店", "*橋商店"},
        {"山﨑", "山?"},
        {"髙橋﨑", "?橋?"},
        {"髙橋商店", "??橋商店"},  // one of two bytes
        {"髙橋商店", "???橋商店"}, // of three
        {"\U00020bb7野家", "?野家"},
        {"\U00020bb7野家", "????野家"},
        {"東京\U0001f600拠点", "東京??拠点"},
        {"東京拠点", "????"},
        {"東京拠点", "?"},
        {"東京拠点", "********"},
        // cut
        {"東京拠点", "東京"},
        {"東京拠点", "東京拠"},
        {"東京拠点", "東"},
        {"東京拠点", "東京拠\ufffd"},
        {"ｶﾞｰﾄﾞ㈱ 本社", "ガード(株)"},
        // absent
        {"", "東京拠点"},
        {"東京拠点", ""},
        {"", ""},
        {"東京拠点", " "},
        {"東京拠点", "\u3000"},
    };
    for (const auto& row : rows) {
        INFO(row.sent << " | " << row.told);
        CHECK(alike(row.sent, row.told));
    }
}

TEST_CASE("another text is another")
{
    const struct {
        std::string_view sent, told;
    } rows[] = {
        {"東京拠点", "大阪拠点"},
        {"東京拠点", "京都拠点"},
        {"東京拠点", "東京支店"},
        {"東京拠点", "拠点"},
        {"第1拠点", "第2拠点"},
        {"第1拠点", "第11拠点"},
        {"A", "B"},
        {"AB", "BA"},
        {"ハート", "パート"},
        {"が", "か"},
        {"鈴木商店", "鈴木商会"},
        {"2-14-1", "2-14-2"},
        {"2-14-1", "2141"},
        {"1-1-1-1-1", "1-1-1-1-2"},
        {"CAF1234567890", "CAF1234567891"},
        {"A&B", "A&amp;C"},
        {"東京", "大?"},
        {"A B", "AB"},
        {"20261126", "20261127"},
    };
    for (const auto& row : rows) {
        INFO(row.sent << " | " << row.told);
        CHECK_FALSE(alike(row.sent, row.told));
        CHECK_FALSE(alike(row.told, row.sent));
    }
}

TEST_CASE("no bytes confuse the comparison, and no text takes long")
{
    const std::string broken[] = {"\xff\xfe",
                                  "\xe6\x9d",
                                  std::string("a\0b", 3),
                                  "&",
                                  "&#",
                                  "&#;",
                                  "&#x;",
                                  "&#99999999999;",
                                  "&#xd800;",
                                  "&;",
                                  "&nosuch;",
                                  "&amp",
                                  "?&?"};
    for (const auto& text : broken) {
        INFO(text);
        CHECK(alike(text, text));
        alike("東京拠点", text);
        alike(text, "東京拠点");
    }
    std::string stars, letters(20'000, 'a');
    for (int i = 0; i < 2'000; ++i) stars += "?a?b";
    alike(letters, stars + "c"); // ends in time
    CHECK(alike(letters, letters));
    alike(letters + "b", letters + "c"); // nor does this take long
}

TEST_CASE("a key that is told in full and differs is another key")
{
    const struct {
        std::string_view sent, told;
        bool another;
    } rows[] = {
        {"CAF1234567890", "CAF1234567891", true},
        {"CAF1234567890", "CAF0987654321", true},
        {"int-10000001", "int-10000002", true},
        {"int-10000001", "INT-10000002", true},
        {"int-10000001", "int10000002", true},
        {"CAF1234567890", "CAF1234567890", false},
        {"CAF1234567890", "caf1234567890", false},
        {"CAF1234567890", " CAF1234567890 ", false},
        {"CAF1234567890", "CAF-1234-567890", false},
        {"CAF1234567890", "CAF 1234 567890", false},
        {"CAF1234567890", "\uff23\uff21\uff261234567890", false},
        {"int-10000001", "int\u221210000001", false},
        {"CAF1234567890", "", false},
        {"", "CAF1234567890", false},
        {"", "", false},
        {"CAF1234567890", " ", false},
        {"CAF1234567890", "CAF123", false},     // cut
        {"CAF1234567890", "1234567890", false}, // without what stands before
        {"CAF1234567890", "CAF1234567", false},
        {"CAF1234567890", "CAF12345*****", false}, // hidden
        {"CAF1234567890", "*************", false},
        {"CAF1234567890", "XYZ******7890", false},
        {"CAF1234567890", "CAF12345?????", false},
        {"CAF1234567890", "CAF1234567\ufffd91", false},
    };
    for (const auto& row : rows) {
        INFO(row.sent << " | " << row.told);
        CHECK(surely_other_key(row.sent, row.told) == row.another);
    }
}

TEST_CASE("a secret keeps its case")
{
    CHECK(alike_secret("a1b2c3d4", "a1b2c3d4"));
    CHECK(alike_secret("a1b2c3d4", "\uff411b2c3d4"));
    CHECK(alike_secret("a1b2c3d4", "a1b2****"));
    CHECK(alike_secret("a1b2c3d4", ""));
    CHECK_FALSE(alike_secret("a1b2c3d4", "a1b2"));
    CHECK_FALSE(alike_secret("a1b2c3d4", "A1B2C3D4"));
    CHECK_FALSE(alike_secret("a1b2c3d4", "a1b2c3d5"));
}

TEST_CASE("how a known order is told shows how others can be")
{
    const struct {
        written known, other;
        bool explained;
    } rows[] = {
        // told whole, and longer than what would be a cut
        {{"前からの拠点", "前からの拠点"}, {"渋谷店第二ビル", "渋谷店"}, false},
        {{"前からの拠点", "前からの拠点"}, {"渋谷店第二ビル", "渋谷店…"}, false},
        {{"前からの拠点", "前からの拠点"}, {"渋谷店第二ビル", "渋谷店第二ビ"}, true}, // as long
        {{"前からの拠点", "前からの"}, {"渋谷店第二ビル", "渋谷店第"}, true},         // it is cut, too
        {{"", ""}, {"渋谷店第二ビル", "渋谷店"}, true},
        {{"前からの拠点", ""}, {"渋谷店第二ビル", "渋谷店"}, true},
        // width, and signs that every hand may write otherwise
        {{"前からの拠点", "前からの拠点"}, {"ガード㈱", "ｶﾞｰﾄﾞ(株)"}, true},
        {{"前からの拠点", "前からの拠点"}, {"渋谷店①", "渋谷店1"}, true},
        {{"前からの拠点", "前からの拠点"}, {"渋谷店", "渋谷店"}, true},
        {{"前からの拠点", "前からの拠点"}, {"渋谷店", ""}, false},
        {{"前からの拠点", ""}, {"渋谷店", ""}, true},
        // hidden
        {{"前からの拠点", "前からの拠点"}, {"渋谷店", "???"}, false},
        {{"OLD SITE", "OLD SITE"}, {"渋谷店", "???"}, true},
        {{"前からの拠点", "前からの拠点"}, {"髙橋商店", "?橋商店"}, true},
        // case
        {{"Shibuya A", "Shibuya A"}, {"Tokyo", "TOKYO"}, false},
        {{"Shibuya A", "SHIBUYA A"}, {"Tokyo", "TOKYO"}, true},
        {{"前からの拠点", "前からの拠点"}, {"Tokyo", "TOKYO"}, true},
    };
    for (const auto& row : rows) {
        INFO(row.known.told << " | " << row.other.sent << " | " << row.other.told);
        CHECK(in_the_same_hand(row.known, row.other) == row.explained);
    }
}

TEST_CASE("what is told may be cut and may hide something, what was sent may not")
{
    CHECK_FALSE(alike("東京", "東京拠点"));
    CHECK_FALSE(alike("?橋商店", "髙橋商店"));
    CHECK_FALSE(alike("渋谷?店", "渋谷1店"));
    CHECK_FALSE(alike("\ufffd橋商店", "髙橋商店"));
    CHECK_FALSE(alike("東京拠点", "?大阪"));
    CHECK(alike("渋谷?店", "渋谷?店"));
    CHECK(alike("ｶﾞｰﾄﾞ", "?ﾞｰﾄﾞ")); // カ is lost, and its mark is not
}
