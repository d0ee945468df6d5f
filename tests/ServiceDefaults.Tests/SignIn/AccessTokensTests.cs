using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Contracts.Directory;
using ServiceDefaults.SignIn;

namespace ServiceDefaults.Tests.SignIn;

public sealed class AccessTokensTests : IDisposable
{
    private const string KeyId = "k1";
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 2, 0, 0, TimeSpan.Zero);
    private static readonly AccessTokenContent Content =
        new(Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), ["Administrator", "Official"]);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private Dictionary<string, ECDsa> Keys => new(StringComparer.Ordinal) { [KeyId] = AccessTokens.PublicKey(PublicKey(_key)) };

    public void Dispose() => _key.Dispose();

    [Fact]
    public void PLT_4_a_token_says_who_signed_in_for_five_minutes()
    {
        var (token, expiresAt) = AccessTokens.Sign(Content, KeyId, _key, Now);

        expiresAt.ShouldBe(Now.AddMinutes(5));
        var read = AccessTokens.Verify(token, Keys, Now.AddMinutes(4)).ShouldNotBeNull();
        read.AccountId.ShouldBe(Content.AccountId);
        read.SessionId.ShouldBe(Content.SessionId);
        read.OfficialId.ShouldBe(Content.OfficialId);
        read.Roles.ShouldBe(Content.Roles);
        AccessTokens.Verify(AccessTokens.Sign(Content with { OfficialId = null }, KeyId, _key, Now).Token, Keys, Now)!.OfficialId.ShouldBeNull();
    }

    [Fact]
    public void PLT_4_a_token_for_setting_up_an_account_opens_those_doors_only()
    {
        var token = AccessTokens.Sign(Content with { IsSettingUp = true }, KeyId, _key, Now).Token;
        AccessTokens.Verify(token, Keys, Now).ShouldBeNull();
        AccessTokens.Verify(token, Keys, Now, alsoSettingUp: true).ShouldNotBeNull().IsSettingUp.ShouldBeTrue();
        AccessTokens.Verify(AccessTokens.Sign(Content, KeyId, _key, Now).Token, Keys, Now, alsoSettingUp: true).ShouldNotBeNull().IsSettingUp.ShouldBeFalse();
    }

    [Fact]
    public void PLT_4_the_signature_is_that_of_rfc_7515_appendix_a_3()
    {
        const string signed =
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        var signature = Base64Url.DecodeFromChars("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
        using var key = AccessTokens.PublicKey(new()
        {
            KeyId = "A.3",
            X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        });

        bool Holds(string text) => key.VerifyData(
            Encoding.ASCII.GetBytes(text), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        Holds(signed).ShouldBeTrue();
        Holds(signed.Replace("eyJp", "eyJq", StringComparison.Ordinal)).ShouldBeFalse();
        // A true signature of a token that is not one of ours.
        AccessTokens.Verify($"{signed}.{Base64Url.EncodeToString(signature)}", new Dictionary<string, ECDsa> { ["A.3"] = key }, Now).ShouldBeNull();
    }

    [Theory]
    [InlineData(-6, false)]
    [InlineData(-5, true)]
    [InlineData(0, true)]
    [InlineData(304, true)]
    [InlineData(305, false)]
    public void PLT_4_a_token_counts_in_its_time_give_or_take_five_seconds(int seconds, bool counts) =>
        (AccessTokens.Verify(AccessTokens.Sign(Content, KeyId, _key, Now).Token, Keys, Now.AddSeconds(seconds)) is not null).ShouldBe(counts);

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS256")]
    [InlineData("ES384")]
    [InlineData("RS256")]
    [InlineData("es256")]
    [InlineData("")]
    public void PLT_4_the_token_never_chooses_its_algorithm(string algorithm) => Refused(Header(algorithm: algorithm), Claims());

    [Fact]
    public void PLT_4_an_unsigned_token_is_refused()
    {
        var unsigned = $"{Part(Header(algorithm: "none"))}.{Part(Claims())}";
        AccessTokens.Verify($"{unsigned}.", Keys, Now).ShouldBeNull();
        AccessTokens.Verify(unsigned, Keys, Now).ShouldBeNull();
        AccessTokens.Verify($"{Part(Header())}.{Part(Claims())}.", Keys, Now).ShouldBeNull();
    }

    [Fact]
    public void PLT_4_the_public_key_is_no_shared_secret()
    {
        var signed = $"{Part(Header(algorithm: "HS256"))}.{Part(Claims())}";
        foreach (var secret in new[] { _key.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem()) })
            AccessTokens.Verify($"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}", Keys, Now).ShouldBeNull();
    }

    [Fact]
    public void PLT_4_another_key_is_refused_under_a_known_and_under_an_unknown_name()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        AccessTokens.Verify(AccessTokens.Sign(Content, KeyId, other, Now).Token, Keys, Now).ShouldBeNull();
        AccessTokens.Verify(AccessTokens.Sign(Content, "k2", other, Now).Token, Keys, Now).ShouldBeNull();
        AccessTokens.Verify(AccessTokens.Sign(Content, KeyId, _key, Now).Token, new Dictionary<string, ECDsa>(), Now).ShouldBeNull();
    }

    [Fact]
    public void PLT_4_a_key_in_the_header_is_not_listened_to()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = PublicKey(own);
        var header = $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{KeyId}}","jwk":{"kty":"EC","crv":"P-256","x":"{{point.X}}","y":"{{point.Y}}"} }""";
        AccessTokens.Verify(Token(header, Claims(), own), Keys, Now).ShouldBeNull();
    }

    [Fact]
    public void PLT_4_every_altered_character_is_noticed()
    {
        var token = AccessTokens.Sign(Content, KeyId, _key, Now).Token;
        var keys = Keys;
        for (var at = 0; at < token.Length; at++)
        {
            var altered = token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
            AccessTokens.Verify(altered, keys, Now).ShouldBeNull($"character {at}");
        }
    }

    [Fact]
    public void PLT_4_a_signature_has_one_spelling()
    {
        var token = AccessTokens.Sign(Content, KeyId, _key, Now).Token;
        var parts = token.Split('.');
        foreach (var other in new[]
                 {
                     token + "=", token + "==", token + " ", token + "\n", " " + token, token + ".", "." + token,
                     $"{parts[0]}=.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}=.{parts[2]}", $"{parts[0]}\n.{parts[1]}.{parts[2]}",
                     token.Replace('-', '+').Replace('_', '/') + "+",
                     LooseBits(token),
                 })
            AccessTokens.Verify(other, Keys, Now).ShouldBeNull(other);
    }

    [Fact]
    public void PLT_4_a_signature_is_64_bytes()
    {
        var signed = $"{Part(Header())}.{Part(Claims())}";
        var der = _key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        foreach (var signature in new byte[][] { der, new byte[64], new byte[63], new byte[65], [] })
            AccessTokens.Verify($"{signed}.{Base64Url.EncodeToString(signature)}", Keys, Now).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"k1","alg":"ES256"}""")]
    [InlineData("""{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"k1"}""")]
    [InlineData("""{"alg":"ES256","typ":"JWT","kid":"k1"}""")]
    [InlineData("""{"alg":"ES256","kid":"k1"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":null}""")]
    [InlineData("""{"alg":["ES256"],"typ":"at+jwt","kid":"k1"}""")]
    [InlineData("""[]""")]
    [InlineData("""null""")]
    [InlineData("")]
    [InlineData("{")]
    public void PLT_4_another_header_is_refused_however_well_signed(string header) => Refused(header, Claims());

    [Theory]
    [InlineData("\"aud\":\"platform\"", "\"aud\":\"elsewhere\"")]
    [InlineData("\"aud\":\"platform\"", "\"aud\":[\"platform\"]")]
    [InlineData("\"aud\":\"platform\",", "")]
    [InlineData("\"iss\":\"directory\"", "\"iss\":\"somebody\"")]
    [InlineData("\"iss\":\"directory\",", "")]
    [InlineData("\"iss\":\"directory\"", "\"iss\":\"somebody\",\"iss\":\"directory\"")]
    [InlineData("\"roles\":[]", "\"roles\":[],\"roles\":[\"Administrator\"]")]
    [InlineData("\"roles\":[]", "\"roles\":[],\"Roles\":[\"Administrator\"]")]
    [InlineData("\"roles\":[]", "\"roles\":null")]
    [InlineData("\"exp\":1767578700", "\"exp\":4102444800")]
    [InlineData("\"exp\":1767578700", "\"exp\":\"1767578700\"")]
    [InlineData("\"exp\":1767578700,", "")]
    [InlineData("\"exp\":1767578700", "\"exp\":1767578000")]
    [InlineData("\"nbf\":1767578400", "\"nbf\":1767578500")]
    [InlineData("\"nbf\":1767578400,", "")]
    [InlineData("\"iat\":1767578400", "\"iat\":1767578500")]
    public void PLT_4_other_claims_are_refused_however_well_signed(string from, string to)
    {
        Claims().ShouldContain(from);
        AccessTokens.Verify(Token(Header(), Claims(), _key), Keys, Now).ShouldNotBeNull();
        Refused(Header(), Claims().Replace(from, to, StringComparison.Ordinal));
    }

    [Fact]
    public void PLT_4_what_is_no_token_is_refused_without_a_fault()
    {
        foreach (var text in new[] { "", ".", "..", "...", "a.b.c", "ä.ö.ü", "\0.\0.\0", new string('A', 5000), new string('.', 4000), "eyJhbGciOiJFUzI1NiJ9..x" })
            AccessTokens.Verify(text, Keys, Now).ShouldBeNull();
        AccessTokens.Verify(AccessTokens.Sign(Content with { Roles = [new string('x', 5000)] }, KeyId, _key, Now).Token, Keys, Now).ShouldBeNull();
    }

    [Fact]
    public void PLT_4_a_point_off_the_curve_is_no_key() =>
        Should.Throw<CryptographicException>(() => AccessTokens.PublicKey(new()
        {
            KeyId = "x",
            X = Base64Url.EncodeToString(new byte[32]),
            Y = Base64Url.EncodeToString(new byte[32]),
        }));

    private void Refused(string header, string claims) => AccessTokens.Verify(Token(header, claims, _key), Keys, Now).ShouldBeNull();

    private static string Header(string algorithm = "ES256") => $$"""{"alg":"{{algorithm}}","typ":"at+jwt","kid":"{{KeyId}}"}""";

    private static string Claims() => $$"""
        {"iss":"directory","aud":"platform","sub":"{{Content.AccountId}}","sid":"{{Content.SessionId}}","roles":[],"official":null,"exp":1767578700,"nbf":1767578400,"iat":1767578400}
        """.Trim();

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static string Token(string header, string claims, ECDsa key)
    {
        var signed = $"{Part(header)}.{Part(claims)}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>64 bytes leave four bits of the last character unused; a lax decoder ignores them.</summary>
    private static string LooseBits(string token)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return token[..^1] + alphabet[alphabet.IndexOf(token[^1], StringComparison.Ordinal) | 1];
    }

    private static SigningKey PublicKey(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new() { KeyId = KeyId, X = Base64Url.EncodeToString(point.X), Y = Base64Url.EncodeToString(point.Y) };
    }
}
