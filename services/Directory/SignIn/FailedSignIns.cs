using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Directory.SignIn;

/// <summary>Section <c>SignIns</c>.</summary>
public sealed record SignInLimits
{
    /// <summary>So many sign-ins may fail in an hour from one address, or /64 of IPv6. An office can be one.</summary>
    [Range(1, 1_000_000)]
    public int FailuresPerAddressAndHour { get; init; } = 500;
}

/// <summary>
/// Failed sign-ins: in the audit trail, which must not grow with an attack, the 1st, 10th, 100th ... of each account or application and hour, with its number; logins
/// and applications that do not exist are counted as one. And by network: whoever tries a few passwords at each of many logins locks no account, but comes from
/// somewhere. A key of an application is not guessed, and one that is wrong, tried day and night by a program, must not keep its office out.
/// </summary>
public sealed class FailedSignIns(IOptions<SignInLimits> options, TimeProvider clock)
{
    private const string Network = "Network";

    /// <summary>Nobody signs in from this network for the rest of the hour, whoever he is: what is answered tells nothing about a login.</summary>
    internal Task<bool> AreTooManyAsync(DirectoryDb db, Caller caller, CancellationToken stop)
    {
        var (network, hour, most) = (IdOf(caller), Hour(), options.Value.FailuresPerAddressAndHour);
        return db.Database.SqlQuery<bool>($"""
            select exists (select from failed_sign_in where subject_kind = {Network} and subject_id = {network} and hour = {hour} and tries >= {most}) as "Value"
            """).SingleAsync(stop);
    }

    /// <param name="db">The context of the attempt.</param>
    /// <param name="caller">From where.</param>
    /// <param name="subjectKind">Account or application.</param>
    /// <param name="subjectId">Null if there is none of the name that was given.</param>
    /// <param name="locks">The attempt has locked the account, which can happen four times an hour.</param>
    /// <param name="stop">Of the request.</param>
    internal async Task CountAsync(DirectoryDb db, Caller caller, string subjectKind, Guid? subjectId, bool locks, CancellationToken stop)
    {
        // What the refused attempt has touched is not to be saved.
        db.ChangeTracker.Clear();
        var subject = subjectId ?? Guid.Empty;
        var tries = await CountAsync(db, subjectKind, subject, stop);
        if (IsPowerOfTen(tries))
            db.Write(caller, "FailedSignIn", (subjectKind, subject), null, new { tries });
        if (locks)
            db.Write(caller, "LockAccount", (subjectKind, subject), null, null);
        if (subjectKind == "Account" && await CountAsync(db, Network, IdOf(caller), stop) == options.Value.FailuresPerAddressAndHour)
            db.Write(caller, "LockNetwork", (Network, IdOf(caller)), null, new { tries = options.Value.FailuresPerAddressAndHour });
        await db.SaveChangesAsync(stop);
    }

    private async Task<int> CountAsync(DirectoryDb db, string kind, Guid subject, CancellationToken stop)
    {
        var hour = Hour();
        return (await db.Database.SqlQuery<int>($"""
            insert into failed_sign_in (subject_kind, subject_id, hour, tries) values ({kind}, {subject}, {hour}, 1)
            on conflict (subject_kind, subject_id, hour) do update set tries = failed_sign_in.tries + 1 returning tries
            """).ToListAsync(stop))[0];
    }

    private DateTimeOffset Hour()
    {
        var now = clock.GetUtcNow();
        return new(now.Ticks - now.Ticks % TimeSpan.TicksPerHour, TimeSpan.Zero);
    }

    /// <summary>An id for the table; the address itself stands in the trail.</summary>
    private static Guid IdOf(Caller caller) => new(SHA256.HashData(Encoding.UTF8.GetBytes(caller.Network)).AsSpan(0, 16));

    private static bool IsPowerOfTen(int number)
    {
        while (number % 10 == 0)
            number /= 10;
        return number == 1;
    }
}
