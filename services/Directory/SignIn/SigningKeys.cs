using System.Buffers.Text;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Contracts.Directory;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults.SignIn;

namespace Directory.SignIn;

/// <summary>Section <c>Tokens</c>.</summary>
public sealed record TokenOptions
{
    /// <summary>Encrypts the private keys in the database: a copy of the database alone mints no tokens.</summary>
    [Required, MinLength(16)]
    public string KeyPassword { get; init; } = "";
}

/// <summary>The keys that sign access tokens; Directory alone has the private parts.</summary>
public sealed class SigningKeys(IOptions<TokenOptions> options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan SignsFor = TimeSpan.FromDays(30);

    // Long enough for every service to hear of a key before it signs, and for the last token of an old one to end.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(15);

    // Slow on purpose: it stands between a stolen database and the keys. Paid once per process and key.
    private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 210_000);

    private readonly ConcurrentDictionary<string, Lazy<ECDsa>> _opened = new(StringComparer.Ordinal);
    private readonly Lock _signing = new();

    /// <summary>A token by the newest key that signs by now; null before the first key exists.</summary>
    internal async Task<(string Token, DateTimeOffset ExpiresAt)?> SignAsync(DirectoryDb db, AccessTokenContent content, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var row = await db.SigningKeys.AsNoTracking().Where(key => key.SignsFrom <= now).OrderByDescending(key => key.SignsFrom).FirstOrDefaultAsync(stop);
        if (row is null)
            return null;
        var key = Open(row);
        lock (_signing)
            return AccessTokens.Sign(content, row.KeyId, key, now);
    }

    /// <summary>
    /// The public keys; before that a first key, a new one where the newest has signed for 30 days, and away with what nobody needs any more.
    /// The caller holds the lock of <see cref="SignInAuthority"/>.
    /// </summary>
    /// <exception cref="CryptographicException">The password does not open the stored key.</exception>
    internal async Task<IReadOnlyList<SigningKey>> RotateAsync(DirectoryDb db, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var keys = await db.SigningKeys.OrderByDescending(key => key.SignsFrom).ToListAsync(stop);
        if (keys is not [var newest, ..])
            keys.Insert(0, Create(db, signsFrom: now));
        else if (newest.SignsFrom + SignsFor <= now)
            keys.Insert(0, Create(db, signsFrom: now + Overlap));

        var settled = keys.FindIndex(key => key.SignsFrom + Overlap <= now);
        if (settled >= 0)
        {
            db.RemoveRange(keys[(settled + 1)..]);
            keys.RemoveRange(settled + 1, keys.Count - settled - 1);
        }

        await db.SaveChangesAsync(stop);
        foreach (var key in keys)
            Open(key);
        return keys.ConvertAll(key => new SigningKey { KeyId = key.KeyId, X = key.X, Y = key.Y });
    }

    public void Dispose()
    {
        foreach (var key in _opened.Values.Where(key => key.IsValueCreated))
            key.Value.Dispose();
    }

    private ECDsa Open(SigningKeyRow row) => _opened.GetOrAdd(row.KeyId, _ => new(() =>
    {
        var key = ECDsa.Create();
        key.ImportEncryptedPkcs8PrivateKey(options.Value.KeyPassword, row.PrivateKey, out var _);
        return key;
    })).Value;

    private SigningKeyRow Create(DirectoryDb db, DateTimeOffset signsFrom)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var row = new SigningKeyRow
        {
            KeyId = Guid.CreateVersion7().ToString("n"),
            PrivateKey = key.ExportEncryptedPkcs8PrivateKey(options.Value.KeyPassword, Encryption),
            X = Base64Url.EncodeToString(point.X),
            Y = Base64Url.EncodeToString(point.Y),
            SignsFrom = signsFrom,
        };
        db.Add(row);
        return row;
    }
}
