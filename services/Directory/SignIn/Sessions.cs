using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Directory.Accounts;
using Directory.Storage;
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

/// <summary>What a sign-in or a refresh gives. <paramref name="ExpiresAt"/> is the end of the access token.</summary>
public sealed record Tokens(string AccessToken, string RefreshToken, DateTimeOffset ExpiresAt);

internal static class Sessions
{
    private const int RefreshTokenBytes = 32;

    public static byte[] HashOf(string refreshToken) => SHA256.HashData(Encoding.UTF8.GetBytes(refreshToken));

    /// <summary>A new refresh token of the session, ready to be saved; it does not outlive the session.</summary>
    public static string AddRefreshToken(DirectoryDb db, Session session, DateTimeOffset idleEnd)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RefreshTokenBytes));
        db.Add(new RefreshToken
        {
            Hash = HashOf(token),
            SessionId = session.Id,
            ExpiresAt = idleEnd < session.ExpiresAt ? idleEnd : session.ExpiresAt,
        });
        return token;
    }

    /// <summary>The roles are those of this instant: an access token lives for five minutes, and so does what it says about positions.</summary>
    public static async Task<AccessTokenContent> ContentOfAsync(DirectoryDb db, Session session, Account account, DateTimeOffset now, CancellationToken stop) =>
        new(account.Id, session.Id, account.OfficialId, await Granting.RolesAsync(db, account, now, stop));
}
