using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Contracts.Notification;
using Directory.Auditing;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace Directory.People;

/// <summary>
/// An official reports another number for his notices (DIR-5; BJN 12(1)c), or wants to prove the one that the Administrator entered: a code goes there, and
/// <see cref="ProveNoticePhone"/> takes it. Whether the number is somebody else's is not said here: the Administrator hears it when he confirms.
/// </summary>
public static class ProposeNoticePhone
{
    private const int MostTries = 5;

    /// <param name="Password">Proof that it is the owner who sits there: codes for his account would go to the new number.</param>
    public sealed record Request(
        [Required, StringLength(Contact.LongestNumberAsWritten, MinimumLength = 1)] string Number,
        [Required, StringLength(Accounts.Password.Longest)] string Password);

    /// <param name="ProposalId">For the Administrator, to tell it from a later one.</param>
    /// <param name="CodeExpiresAt">Until here the code counts.</param>
    public sealed record Response(Guid ProposalId, DateTimeOffset CodeExpiresAt);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/me/notice-phone", HandleAsync).WithName(nameof(ProposeNoticePhone))
        .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Accepted<Response>, ProblemHttpResult>> HandleAsync(
        Request request, ClaimsPrincipal user, Caller caller, DirectoryDb db, UserManager<Account> accounts, FailedSignIns failures, CodeBudget budget, TimeProvider clock, CancellationToken stop)
    {
        var (number, numberProblem) = Contact.ReadNoticePhone(request.Number, db.NoticePhones);
        if (number is null)
            return Problems.Invalid("number", numberProblem!);
        var now = clock.GetUtcNow();
        if (await Tries.ProveAsync(db, accounts, failures, caller, user.AccountId, request.Password, now, stop) is not { } account)
            return Problems.Invalid("password", "password-wrong");
        if (account.OfficialId is not { } official)
            return Problems.Conflict("account-unnamed");

        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        // With a space: no login. Handled: it waits for nobody.
        var asked = new OneTimeCodeRequest
        {
            NormalizedUserLogin = $"notice phone of {official}",
            FromAddress = caller.FromAddress ?? "",
            Network = caller.Network,
            RequestedAt = now,
            HandledAt = now,
        };
        if (!await budget.TryAskAsync(asked, stop))
            return Problems.Of(StatusCodes.Status429TooManyRequests, "too-many-requests");
        if (await budget.TrySendAsync(asked, stop) is null)
            return Problems.Of(StatusCodes.Status429TooManyRequests, "too-many-codes");
        var (id, code, expiresAt) = (Guid.CreateVersion7(), SendOneTimeCodes.NewCode(), now + SendOneTimeCodes.Validity);
        var hash = accounts.PasswordHasher.HashPassword(account, code);
        await db.Database.ExecuteSqlAsync($"""
            insert into notice_phone_proposal (official_id, id, number, code_hash, code_expires_at, tries_left, proposed_at)
            values ({official}, {id}, {number}, {hash}, {expiresAt}, {MostTries}, {now})
            on conflict (official_id) do update set id = excluded.id, number = excluded.number, code_hash = excluded.code_hash,
              code_expires_at = excluded.code_expires_at, tries_left = excluded.tries_left, proposed_at = excluded.proposed_at, proved_at = null
            """, stop);
        db.Publish(official, caller.Actor, new SendSms
        {
            SmsId = id,
            To = number,
            Text = Texts.Of("sms.notice-phone-code").Replace("{0}", code, StringComparison.Ordinal),
            Channel = "",
            Purpose = SmsPurpose.OneTimeCode,
            ExpiresAt = expiresAt,
        });
        db.Write(caller, nameof(ProposeNoticePhone), ("Official", official), null, new { NoticePhone = number, ProposalId = id });
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Accepted((string?)null, new Response(id, expiresAt));
    }
}
