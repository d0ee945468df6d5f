using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Directory.Accounts;
using Directory.Storage;
using Microsoft.Extensions.Options;
using ServiceDefaults.SignIn;

namespace Directory.SignIn;

/// <summary>Section <c>Sessions</c>.</summary>
public sealed record SessionOptions
{
    /// <summary>A session ends when nobody has refreshed it for so long.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromHours(24);

    /// <summary>It ends after this in any case.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromDays(14);
}

/// <summary>Section <c>SecondFactor</c>.</summary>
public sealed record SecondFactorOptions
{
    /// <summary>Roles that need one beside <see cref="Roles.NeedSecondFactor"/>, such as Mayor or HeadOfUnit.</summary>
    public IReadOnlyList<string> AlsoRoles { get; init; } = [];
}

/// <summary>What the owner of an account has to do before it opens anything.</summary>
public enum SetUpStep
{
    /// <summary>Choose a password: the present one is somebody else's.</summary>
    Password,

    /// <summary>Enrol a second factor, which one of the roles demands.</summary>
    SecondFactor,
}

/// <summary>What a sign-in or a refresh gives.</summary>
/// <param name="AccessToken">For the Authorization header.</param>
/// <param name="RefreshToken">Changed once for the next pair.</param>
/// <param name="ExpiresAt">End of the access token.</param>
/// <param name="SetUp">Unless empty, the access token carries no roles and opens nothing but what these steps take.</param>
public sealed record Tokens(string AccessToken, string RefreshToken, DateTimeOffset ExpiresAt, IReadOnlyList<SetUpStep> SetUp);

/// <summary>From where a session is started: enough for its owner to recognise it, and no more.</summary>
public sealed record Device(string? FromAddress, string? Name)
{
    private const int LongestName = 200;

    public static ValueTask<Device> BindAsync(HttpContext context) => ValueTask.FromResult(new Device(
        context.Connection.RemoteIpAddress is { } address ? Mask(address) : null, NameOf(context.Request.Headers.UserAgent.ToString())));

    /// <summary>The network, without the part that tells one line or telephone from its neighbour.</summary>
    internal static string Mask(IPAddress address)
    {
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        var isV4 = bytes.Length == 4;
        Array.Clear(bytes, isV4 ? 3 : 6, isV4 ? 1 : 10);
        return $"{new IPAddress(bytes)}/{(isV4 ? 24 : 48)}";
    }

    /// <summary>What the browser calls itself, one readable line.</summary>
    internal static string? NameOf(string userAgent)
    {
        var name = string.Concat(userAgent.Where(letter => letter is >= ' ' and <= '~').Take(LongestName)).Trim();
        return name.Length == 0 ? null : name;
    }
}

/// <summary>Starts sessions and gives out their tokens. Each start is a new id: nothing that a caller brings along becomes a session.</summary>
public sealed class Sessions(DirectoryDb db, SigningKeys keys, SignInAuthority authority, IOptions<SessionOptions> options, IOptions<SecondFactorOptions> factors, TimeProvider clock)
{
    private const int RefreshTokenBytes = 32;

    internal static byte[] HashOf(string refreshToken) => SHA256.HashData(Encoding.UTF8.GetBytes(refreshToken));

    private IReadOnlyList<SetUpStep> MissingOf(Account account, IReadOnlyList<string> roles) =>
    [
        .. account.MustChangePassword ? [SetUpStep.Password] : Array.Empty<SetUpStep>(),
        .. !account.TwoFactorEnabled && roles.Intersect(Roles.NeedSecondFactor.Concat(factors.Value.AlsoRoles), StringComparer.Ordinal).Any()
            ? [SetUpStep.SecondFactor] : Array.Empty<SetUpStep>(),
    ];

    /// <summary>A new session and its first tokens, ready to be saved; null while there is no key to sign with.</summary>
    internal async Task<(Session Session, Tokens Tokens)?> StartAsync(Account account, Device device, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var session = new Session
        {
            AccountId = account.Id,
            StartedAt = now,
            LastUsedAt = now,
            ExpiresAt = now + options.Value.Limit,
            FromAddress = device.FromAddress,
            Device = device.Name,
        };
        db.Add(session);
        return await IssueAsync(session, account, stop) is { } tokens ? (session, tokens) : null;
    }

    /// <summary>
    /// Whoever changes what proves him goes on in a new session; all others of the account end, also those of somebody who should not have been in. Saves, in the
    /// caller's transaction.
    /// </summary>
    internal async Task<Tokens?> RestartAsync(Account account, Device device, CancellationToken stop)
    {
        await authority.RevokeAsync(db, session => session.AccountId == account.Id, stop);
        if (await StartAsync(account, device, stop) is not var (_, tokens))
            return null;
        await db.SaveChangesAsync(stop);
        return tokens;
    }

    /// <summary>The next tokens of a session, ready to be saved. The refresh token does not outlive the session.</summary>
    internal async Task<Tokens?> IssueAsync(Session session, Account account, CancellationToken stop)
    {
        var idleEnd = clock.GetUtcNow() + options.Value.IdleLimit;
        var refreshToken = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RefreshTokenBytes));
        db.Add(new RefreshToken
        {
            Hash = HashOf(refreshToken),
            SessionId = session.Id,
            ExpiresAt = idleEnd < session.ExpiresAt ? idleEnd : session.ExpiresAt,
        });
        // Those of this instant: an access token lives for five minutes, and so does what it says about positions.
        var roles = await Granting.RolesAsync(db, account, clock.GetUtcNow(), stop);
        var missing = MissingOf(account, roles);
        var content = missing.Count == 0
            ? new AccessTokenContent(account.Id, session.Id, account.OfficialId, roles)
            : new(account.Id, session.Id, OfficialId: null, Roles: [], IsSettingUp: true);
        return await keys.SignAsync(db, content, stop) is var (accessToken, expiresAt) ? new(accessToken, refreshToken, expiresAt, missing) : null;
    }
}
