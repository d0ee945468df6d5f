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
