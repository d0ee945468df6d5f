using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServiceDefaults.Sms;

/// <summary>Section <c>Privacy</c>.</summary>
public sealed record PrivacyOptions
{
    public const int ShortestKey = 32;

    /// <summary>
    /// Makes pseudonyms; the same for all instances, and for all services that know one person by them. Another key, other pseudonyms: what was exported before can be
    /// connected with nothing any more.
    /// </summary>
    public string PseudonymKey { get; init; } = "";
}

/// <summary>
/// A name for a sender that tells nobody his number, and is the same in each of his messages: who works with many messages sees that they are of one person. Keyed, because
/// all Indonesian numbers are tried in minutes against a plain hash.
/// </summary>
public sealed class Pseudonyms(IOptions<PrivacyOptions> options)
{
    private const int Bytes = 9;

    private readonly byte[] _key = Encoding.UTF8.GetBytes(options.Value.PseudonymKey);

    /// <summary>Null where there is no number (E.164), or more than one person may stand behind it.</summary>
    public string? Of(string sender) => sender.StartsWith('+')
        ? $"W-{Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(sender)).AsSpan(0, Bytes))}"
        : null;
}

public static class PseudonymService
{
    /// <summary>A service without the key does not start: pseudonyms of another key would find nobody.</summary>
    public static void AddPseudonyms(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<PrivacyOptions>().BindConfiguration("Privacy")
            .Validate(privacy => privacy.PseudonymKey.Length >= PrivacyOptions.ShortestKey, "Privacy:PseudonymKey needs 32 characters at least.").ValidateOnStart();
        builder.Services.AddSingleton<Pseudonyms>();
    }
}
