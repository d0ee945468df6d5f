using System.Text;
using Directory.SignIn;

namespace Directory.Tests.SignIn;

public sealed class TotpTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_111_111_111);

    /// <summary>RFC 6238, appendix B, its last six digits.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1_111_111_109, "081804")]
    [InlineData(1_111_111_111, "050471")]
    [InlineData(1_234_567_890, "005924")]
    [InlineData(2_000_000_000, "279037")]
    [InlineData(20_000_000_000, "353130")]
    public void PLT_4_codes_are_those_of_rfc_6238(long seconds, string code)
    {
        Totp.CodeAt(Secret, seconds / 30).ShouldBe(code);
        Totp.StepOf(Secret, code, DateTimeOffset.FromUnixTimeSeconds(seconds)).ShouldBe(seconds / 30);
    }

    [Fact]
    public void PLT_4_a_code_counts_in_its_step_and_in_those_beside_it()
    {
        var step = Now.ToUnixTimeSeconds() / 30;
        foreach (var (distance, counts) in new[] { (-2, false), (-1, true), (0, true), (1, true), (2, false) })
            Totp.StepOf(Secret, Totp.CodeAt(Secret, step + distance), Now).ShouldBe(counts ? step + distance : null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("50471")]
    [InlineData("0050471")]
    [InlineData("٠٥٠٤٧١")]
    public void PLT_4_what_is_no_code_is_refused(string code) => Totp.StepOf(Secret, code, Now).ShouldBeNull();

    [Fact]
    public void PLT_4_a_secret_is_written_as_rfc_4648_says_and_read_again()
    {
        Totp.Encode("foobar"u8).ShouldBe("MZXW6YTBOI");
        Totp.Encode("f"u8).ShouldBe("MY");
        Totp.Encode(Secret).ShouldBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        Totp.DecodeSecret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").ShouldBe(Secret);
        Totp.DecodeSecret("GEZDGNBVGY3TQOJQ").ShouldBeNull();
        Totp.DecodeSecret("gezdgnbvgy3tqojqgezdgnbvgy3tqojq").ShouldBeNull();
    }

    [Fact]
    public void PLT_4_the_telephone_reads_issuer_login_and_secret() => Totp.UriOf("Kota Contoh", "budi@kota", Secret)
        .ShouldBe("otpauth://totp/Kota%20Contoh:budi%40kota?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kota%20Contoh");
}
