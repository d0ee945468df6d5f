using System.Text;
using ServiceDefaults.Webhooks;

namespace ServiceDefaults.Tests.Webhooks;

public sealed class SignatureTests
{
    private static readonly KeyValuePair<string, string>[] SdkCase =
    [
        new("CallSid", "CA1234567890ABCDE"), new("Caller", "+14158675309"), new("Digits", "1234"), new("From", "+14158675309"), new("To", "+18005551212"),
    ];

    [Theory]
    [InlineData("https://mycompany.com/myapp.php?foo=1&bar=2", true)]
    [InlineData("https://mycompany.com:443/myapp.php?foo=1&bar=2", true)]
    [InlineData("http://mycompany.com/myapp.php?foo=1&bar=2", false)]
    [InlineData("https://mycompany.com/myapp.php?foo=1", false)]
    public void SMS_1_Twilios_own_vector(string url, bool isValid) =>
        TwilioSignature.IsValid(["12345"], "RSOYDt4T1cUTdK1PDd93/VVr8B8=", new Uri(url), SdkCase.Reverse()).ShouldBe(isValid);

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("id-ID")]
    public void SMS_1_the_culture_of_the_machine_does_not_change_the_order(string culture)
    {
        var before = Thread.CurrentThread.CurrentCulture;
        Thread.CurrentThread.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo(culture);
        try
        {
            SMS_1_Twilios_own_vector("https://mycompany.com/myapp.php?foo=1&bar=2", isValid: true);
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("tr-TR", VonageSignatureMethod.Sha256, "E86511A81D81541DA131E6AE664775F9B77861D00AC84B25DC24CAF10CB052A5")]
    [InlineData("id-ID", VonageSignatureMethod.Md5Hash, "831d2fe2861cd38f4de5d79c3a63a105")]
    [InlineData("id-ID", VonageSignatureMethod.Md5, "a2bc790b73221b653b6cebf822e7ba67")]
    [InlineData("id-ID", VonageSignatureMethod.Sha1, "a3de0670f8639386910f30238095cdbcb0beeed1")]
    [InlineData("id-ID", VonageSignatureMethod.Sha512,
        "bb1e2e1771d024ea554e2cf81243ee9c0d2158c7c653536f15ee0218561799c3ddfd81e1f855cb00becf3cf537540823b5f155e43d2d118e3b31b91aeb64cb3e")]
    public void SMS_1_Vonages_vectors_of_every_method(string culture, VonageSignatureMethod method, string signature)
    {
        var before = Thread.CurrentThread.CurrentCulture;
        Thread.CurrentThread.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo(culture);
        try
        {
            KeyValuePair<string, string>[] fields =
            [
                new("msisdn", "6281234567890"), new("to", "6281100000001"), new("messageId", "0A0000000123ABCD1"), new("text", "DINKES obat = habis & antri"), new("type", "text"),
                new("keyword", "DINKES"), new("api-key", "abcd1234"), new("message-timestamp", "2026-01-05 02:00:00"), new("timestamp", "1767578400"),
                new("nonce", "aaaaaaaa-bbbb-cccc-dddd-0123456789ab"), new("sig", signature),
            ];
            var now = DateTimeOffset.FromUnixTimeSeconds(1767578400);
            VonageSignature.IsValid(["another", "rahasia-uji"], method, fields, now).ShouldBeTrue();
            VonageSignature.IsValid(["another"], method, fields, now).ShouldBeFalse();
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }

    [Fact]
    public void SMS_1_secrets_and_signatures_are_compared_in_constant_time()
    {
        var proofs = Directory.GetFiles(Path.Combine(Repository.Root, "ServiceDefaults/Webhooks"), "*.cs").Select(File.ReadAllText)
            .Where(text => text.Contains(" IsValid(", StringComparison.Ordinal)).ToList();
        proofs.Count.ShouldBe(4);
        proofs.ShouldAllBe(text => text.Contains("isValid |= CryptographicOperations.FixedTimeEquals(", StringComparison.Ordinal)
            && !text.Contains("SequenceEqual", StringComparison.Ordinal));
    }

    public static TheoryData<string, bool, ChannelOptions> Channels => new()
    {
        { "Vonage", true, new() { Type = ProviderType.Vonage, Secret = "x", SignatureMethod = VonageSignatureMethod.Sha256 } },
        { "Vonage without a method", false, new() { Type = ProviderType.Vonage, Secret = "x" } },
        { "Infobip", true, new() { Type = ProviderType.Infobip, User = "x", Secret = "x" } },
        { "Infobip without a user", false, new() { Type = ProviderType.Infobip, Secret = "x" } },
        { "an old secret with its end", true, new() { Type = ProviderType.Infobip, User = "x", Secret = "x", OldSecret = "y", OldSecretUntil = DateTimeOffset.UnixEpoch } },
        { "an old secret for ever", false, new() { Type = ProviderType.Infobip, User = "x", Secret = "x", OldSecret = "y" } },
        { "an end of no secret", false, new() { Type = ProviderType.Infobip, User = "x", Secret = "x", OldSecretUntil = DateTimeOffset.UnixEpoch } },
        { "no type", false, new() { User = "x", Secret = "x" } },
    };

    [Theory]
    [MemberData(nameof(Channels))]
    public void SMS_1_a_channel_that_cannot_be_proved_is_none(string what, bool isOne, ChannelOptions channel) => channel.CanBeProved.ShouldBe(isOne, what);

    public static TheoryData<string, bool, ChannelOptions> Lists => new()
    {
        { "no list", true, new() { Type = ProviderType.Kannel } },
        { "Twilio", true, new() { Type = ProviderType.Twilio, ListUrl = new("https://x/"), ListUser = "x", ListPassword = "x" } },
        { "Infobip by key", true, new() { Type = ProviderType.Infobip, ListUrl = new("https://x/"), ListPassword = "x" } },
        { "Vonage without a user", false, new() { Type = ProviderType.Vonage, ListUrl = new("https://x/"), ListPassword = "x" } },
        { "no password", false, new() { Type = ProviderType.Twilio, ListUrl = new("https://x/"), ListUser = "x" } },
        { "half an address", false, new() { Type = ProviderType.Twilio, ListUrl = new("/x", UriKind.Relative), ListUser = "x", ListPassword = "x" } },
        { "Kannel has none", false, new() { Type = ProviderType.Kannel, ListUrl = new("https://x/"), ListUser = "x", ListPassword = "x" } },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void SMS_1_a_list_that_cannot_be_asked_is_none(string what, bool isOne, ChannelOptions channel) => channel.CanBeAsked.ShouldBe(isOne, what);

    [Theory]
    [InlineData("a=b+c&d=%C3%A9&e=", "b c|é|")]
    [InlineData("a=1&&b", "1|")]
    public void SMS_1_a_form_is_decoded_as_browsers_encode_it(string form, string values) =>
        string.Join('|', FormBody.Parse(Encoding.ASCII.GetBytes(form))!.Select(field => field.Value)).ShouldBe(values);

    [Theory]
    [InlineData("a=%")]
    [InlineData("a=%4")]
    [InlineData("a=%zz")]
    [InlineData("a=%FF")]
    [InlineData("a=%C3")]
    public void SMS_1_what_is_no_form_is_refused(string form) => FormBody.Parse(Encoding.ASCII.GetBytes(form)).ShouldBeNull();

    [Fact]
    public void SMS_1_a_form_of_many_fields_is_refused() =>
        FormBody.Parse(Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Range(0, 201).Select(n => $"f{n}=1")))).ShouldBeNull();

    [Theory]
    [InlineData("Basic dXNlcjpzZWNyZXQ=", true)]
    [InlineData("basic dXNlcjpzZWNyZXQ=", true)]
    [InlineData("Basic dXNlcjpzZWNyZXR4", false)]
    [InlineData("Basic %%%", false)]
    [InlineData("Bearer dXNlcjpzZWNyZXQ=", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void SMS_1_basic_credentials(string? header, bool isValid) => BasicCredentials.IsValid(header, "user", ["secret"]).ShouldBe(isValid);
}
