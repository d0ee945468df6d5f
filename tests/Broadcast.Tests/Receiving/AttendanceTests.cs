using Broadcast.Receiving;

namespace Broadcast.Tests.Receiving;

public sealed class AttendanceTests
{
    [Theory]
    [InlineData("hadir", true)]
    [InlineData("HADIR!", true)]
    [InlineData("Siap, hadir bersama staf", true)]
    [InlineData("ya", true)]
    [InlineData("Insya Allah hadir", true)]
    [InlineData("tidak masalah, hadir", true)]
    [InlineData("hadir tidak sendiri", true)]
    [InlineData("tidak", false)]
    [InlineData("Tidak hadir", false)]
    [InlineData("mohon maaf tdk bisa hadir", false)]
    [InlineData("maaf, berhalangan", false)]
    [InlineData("izin", false)]
    [InlineData("", null)]
    [InlineData("belum tentu hadir", null)]
    [InlineData("mungkin hadir", null)]
    [InlineData("diusahakan hadir", null)]
    [InlineData("hadir, staf saya berhalangan", null)]
    [InlineData("jam berapa?", null)]
    [InlineData("tidak ada undangan", null)]
    public void BRO_8_only_what_is_plain_counts_as_coming_or_not(string text, bool? expected) => Attendance.Of(text).ShouldBe(expected);
}
