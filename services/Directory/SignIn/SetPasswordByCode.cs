using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Directory.Accounts;
using Directory.Auditing;
using Directory.People;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.SignIn;

/// <summary>
/// Changes a one-time code for a password of the owner's choice; the account is unlocked, and whoever was signed in is not any more. He then signs in with it, and
/// with his second factor where he has one: the telephone alone opens no account that has one.
/// </summary>
public static class SetPasswordByCode
{
    public sealed record Request(
        [Required, StringLength(Spelling.LongestUserLogin), RegularExpression(Spelling.Line)] string UserLogin,
        [Required, StringLength(SecondFactors.LongestCode)] string Code,
        [Required, StringLength(Accounts.Password.Longest)][property: JsonConverter(typeof(NeverWritten))] string Password);

    // A stranger who guesses uses up his own tries, and not the owner's.
    private const int TriesPerNetwork = 5;

    private sealed record Taken(Guid AccountId, string Hash, DateTimeOffset? SentAt);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/sessions/password", HandleAsync).WithName(nameof(SetPasswordByCode));

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, Device device, DirectoryDb db, UserManager<Account> accounts, NobodysPassword nobody, SignInAuthority authority, TimeProvider clock,
        CancellationToken stop)
    {
        // What is wrong for everybody is said before the code is looked at, and costs no try.
        if (Password.ProblemOf(request.Password) is { } weakness)
            return Problems.Invalid("password", weakness);
        var (now, code, network) = (clock.GetUtcNow(), request.Code.Replace(" ", "", StringComparison.Ordinal), device.FromAddress ?? "");
        if (await TakeTryAsync(db, accounts.NormalizeName(request.UserLogin), network, now, stop) is not { } taken)
        {
            nobody.Verify(code);
            return Failed();
        }

        if (accounts.PasswordHasher.VerifyHashedPassword(new(), taken.Hash, code) == PasswordVerificationResult.Failed)
            return Failed();

        var ofCode = db.OneTimeCodes.Where(right => right.AccountId == taken.AccountId && right.Hash == taken.Hash);
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var account = await db.Accounts.Where(Admission.At(db, now)).SingleOrDefaultAsync(account => account.Id == taken.AccountId, stop);
        // A code that went to a number that is not his any more, such as of a telephone that he has reported lost.
        if (account is null || await db.Officials.AnyAsync(official => official.Id == account.OfficialId
                && (official.NoticePhone == null || official.NoticePhoneSince > taken.SentAt), stop))
            return Failed();
        if (await Password.TrySetAsync(db, accounts, account, request.Password, stop) is { } problem)
        {
            // The code was right: thinking of a better password costs no try.
            await db.Database.ExecuteSqlAsync($"update one_time_code set tries = tries - {network} where account_id = {taken.AccountId} and hash = {taken.Hash}", stop);
            await transaction.CommitAsync(stop);
            return Problems.Invalid("password", problem);
        }

        // One use: of two who come with it at once, one deletes it.
        if (await ofCode.ExecuteDeleteAsync(stop) == 0)
            return Failed();
        account.MustChangePassword = false;
        account.Version++;
        db.Write(caller with { Actor = account.Id.ToString() }, nameof(SetPasswordByCode), ("Account", account.Id), null, null);
        // Whoever has read the code reads the number.
        if (account.OfficialId is { } owner)
        {
            await ProveNoticePhone.ProveAsync(db, account.Id.ToString(), owner, official => official.NoticePhone != null && official.NoticePhoneProvedAt == null
                && (official.NoticePhoneSince == null || official.NoticePhoneSince <= taken.SentAt), now, stop);
        }

        // He has got in: what strangers have asked for in his name counts no more. Nobody sees that at a door.
        await db.OneTimeCodeRequests.Where(asked => asked.NormalizedUserLogin == account.NormalizedUserName)
            .ExecuteUpdateAsync(set => set.SetProperty(asked => asked.SentAt, (DateTimeOffset?)null), stop);
        await db.SaveChangesAsync(stop);
        await authority.RevokeAsync(db, session => session.AccountId == account.Id, stop);
        await transaction.CommitAsync(stop);
        return TypedResults.NoContent();
    }

    /// <summary>Counts the try before it is judged, as <see cref="Tries"/> does.</summary>
    private static async Task<Taken?> TakeTryAsync(DirectoryDb db, string login, string network, DateTimeOffset now, CancellationToken stop) =>
        (await db.Database.SqlQuery<Taken>($"""
            update one_time_code set tries_left = tries_left - 1, tries = jsonb_set(tries, array[{network}], to_jsonb(coalesce((tries ->> {network})::int, 0) + 1))
            from account
            where account.id = account_id and normalized_user_login = {login} and tries_left > 0 and coalesce((tries ->> {network})::int, 0) < {TriesPerNetwork}
              and expires_at > {now}
            returning account_id as "AccountId", hash as "Hash", sent_at as "SentAt"
            """).ToListAsync(stop)).SingleOrDefault();

    private static ProblemHttpResult Failed() => Problems.Of(StatusCodes.Status401Unauthorized, "one-time-code-failed");
}
