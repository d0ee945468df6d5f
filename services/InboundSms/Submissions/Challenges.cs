using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace InboundSms.Submissions;

/// <summary>Section <c>WebForm</c>.</summary>
public sealed record WebFormOptions
{
    /// <summary>Signs challenges and makes receipt codes; the same for all instances.</summary>
    public string Key { get; init; } = "";

    /// <summary>Leading zero bits: each doubles the work. 18 are a quarter of a million hashes on average.</summary>
    public int Difficulty { get; init; } = 18;

    public TimeSpan ChallengeValidity { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>
/// Proof of work instead of puzzles for people: the browser looks for a nonce such that SHA-256 over <c>challenge.nonce</c> begins with zero bits. The challenge is signed,
/// so no instance has to remember those that it gave out; each is good for one message, by the key of the message table.
/// </summary>
internal sealed class Challenges(IOptions<WebFormOptions> options, TimeProvider clock, IMeterFactory meters)
{
    /// <summary>What is wrong with a proof is a stable code; null when nothing is.</summary>
    /// <param name="Id">Of the challenge; empty if it is not ours.</param>
    /// <param name="Problem">Of the challenge or the nonce.</param>
    /// <param name="Field">Where.</param>
    public readonly record struct Verdict(Guid Id, string? Problem = null, string Field = "proof.challenge");

    /// <summary>Was good, and its time is over; what it brought then is still known.</summary>
    public const string Over = "challenge-over";

    private const int ShortestKey = 32;
    private const int MostDifficult = 32;

    private readonly WebFormOptions _options = options.Value;
    private readonly byte[] _key = Encoding.UTF8.GetBytes(options.Value.Key);

    private readonly Counter<long> _checked = meters.Create(Telemetry.Name)
        .CreateCounter<long>("platform.web.proofs", "{proof}", "Proofs of work of the web form by what became of them");

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<Challenges>();
        services.AddOptions<WebFormOptions>().BindConfiguration("WebForm")
            .Validate(web => web.Key.Length >= ShortestKey, $"WebForm:Key needs {ShortestKey} characters at least.")
            .Validate(web => web.Difficulty is >= 0 and <= MostDifficult, $"WebForm:Difficulty is 0 to {MostDifficult} bits.")
            .ValidateOnStart();
    }

    public int Difficulty => _options.Difficulty;

    public (string Challenge, DateTimeOffset ExpiresAt) New()
    {
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds((clock.GetUtcNow() + _options.ChallengeValidity).ToUnixTimeSeconds());
        var content = string.Create(CultureInfo.InvariantCulture, $"{Guid.CreateVersion7(clock.GetUtcNow()):n}.{expiresAt.ToUnixTimeSeconds()}.{Difficulty}");
        return ($"{content}.{Base64Url.EncodeToString(Sign("challenge", content))}", expiresAt);
    }

    public Verdict Check(string challenge, string nonce)
    {
        var verdict = Judge(challenge, nonce);
        _checked.Add(1, new KeyValuePair<string, object?>("outcome", verdict.Problem ?? "good"));
        return verdict;
    }

    /// <summary>The code of the message that used this challenge: the same however often the browser repeats, unknown to everybody else.</summary>
    public string ReceiptCodeOf(Guid challenge) => ReceiptCode.Of(Sign("receipt", challenge.ToString()));

    private Verdict Judge(string challenge, string nonce)
    {
        if (challenge.Split('.') is not [var id, var expiry, var bits, var signature])
            return new(Guid.Empty, "challenge");
        var expected = Base64Url.EncodeToString(Sign("challenge", $"{id}.{expiry}.{bits}"));
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(signature)))
            return new(Guid.Empty, "challenge");
        // Ours, so its parts are what they were.
        var isDone = ZeroBits(SHA256.HashData(Encoding.UTF8.GetBytes($"{challenge}.{nonce}"))) >= int.Parse(bits, CultureInfo.InvariantCulture);
        return new(Guid.ParseExact(id, "N"), (isDone, clock.GetUtcNow().ToUnixTimeSeconds() <= long.Parse(expiry, CultureInfo.InvariantCulture)) switch
        {
            (false, _) => "proof",
            (true, false) => Over,
            _ => null,
        }, isDone ? "proof.challenge" : "proof.nonce");
    }

    private static int ZeroBits(ReadOnlySpan<byte> hash) => BitOperations.LeadingZeroCount(BinaryPrimitives.ReadUInt64BigEndian(hash));

    private byte[] Sign(string purpose, string content) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{purpose} {content}"));
}
