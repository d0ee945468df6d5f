using Directory.Auditing;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;

namespace Directory.SignIn;

/// <summary>
/// Failed sign-ins in the audit trail, which must not grow with an attack: of each account or application and hour the 1st, 10th, 100th ... is written, with its
/// number. Logins and applications that do not exist are counted as one.
/// </summary>
public sealed class FailedSignIns(TimeProvider clock)
{
    /// <param name="db">The context of the attempt.</param>
    /// <param name="caller">From where.</param>
    /// <param name="subjectKind">Account or application.</param>
    /// <param name="subjectId">Null if there is none of the name that was given.</param>
    /// <param name="locks">The attempt has locked the account, which can happen four times an hour.</param>
    /// <param name="stop">Of the request.</param>
    internal async Task CountAsync(DirectoryDb db, Caller caller, string subjectKind, Guid? subjectId, bool locks, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var (subject, hour) = (subjectId ?? Guid.Empty, new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerHour, TimeSpan.Zero));
        // What the refused attempt has touched is not to be saved.
        db.ChangeTracker.Clear();
        var tries = (await db.Database.SqlQuery<int>($"""
            insert into failed_sign_in (subject_kind, subject_id, hour, tries) values ({subjectKind}, {subject}, {hour}, 1)
            on conflict (subject_kind, subject_id, hour) do update set tries = failed_sign_in.tries + 1 returning tries
            """).ToListAsync(stop))[0];
        if (IsPowerOfTen(tries))
            db.Write(caller, "FailedSignIn", (subjectKind, subject), null, new { tries });
        if (locks)
            db.Write(caller, "LockAccount", (subjectKind, subject), null, null);
        await db.SaveChangesAsync(stop);
    }

    private static bool IsPowerOfTen(int number)
    {
        while (number % 10 == 0)
            number /= 10;
        return number == 1;
    }
}
