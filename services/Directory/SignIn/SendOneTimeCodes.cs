using System.Globalization;
using System.Security.Cryptography;
using Contracts.Notification;
using Directory.Accounts;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace Directory.SignIn;

/// <summary>
/// Answers requests for a code, behind the back of whoever asked: who has an open account and a notice phone gets an SMS, for all others nothing happens. Only the
/// hash stays here. Instances share the work by <c>skip locked</c>, a request at a time; the id of the request is the id of the SMS, so that a repeat sends none.
/// </summary>
internal sealed partial class SendOneTimeCodes(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SendOneTimeCodes> log) : BackgroundService
{
    public const int Digits = 8;
    // Over all networks; in each so many as SetPasswordByCode allows. Of a hundred million codes.
    private const int MostTries = 500;
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(TimeSpan.FromSeconds(1), clock, log, AnswerNextAsync, stoppingToken);

    public static string NewCode() => RandomNumberGenerator.GetInt32(100_000_000).ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0');

    /// <summary>False if no request waits.</summary>
    private async Task<bool> AnswerNextAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DirectoryDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (await db.OneTimeCodeRequests.FromSql($"select * from one_time_code_request where handled_at is null order by requested_at limit 1 for update skip locked")
                .SingleOrDefaultAsync(stop) is not { } request)
            return false;
        try
        {
            await AnswerAsync(db, request, scope.ServiceProvider, stop);
            await db.SaveChangesAsync(stop);
            await transaction.CommitAsync(stop);
        }
        catch (DbUpdateException fault) when (!fault.IsInfrastructureFault())
        {
            // One that cannot be answered holds back no other; whoever waits for it asks again.
            GivenUp(log, request.Id, fault.InnerException?.GetType().Name ?? fault.GetType().Name);
            await transaction.RollbackAsync(stop);
            var now = clock.GetUtcNow();
            await db.OneTimeCodeRequests.Where(refused => refused.Id == request.Id).ExecuteUpdateAsync(set => set.SetProperty(refused => refused.HandledAt, now), stop);
        }

        return true;
    }

    private async Task AnswerAsync(DirectoryDb db, OneTimeCodeRequest request, IServiceProvider services, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        request.HandledAt = now;
        var account = await db.Accounts.AsNoTracking().Where(Admission.At(db, now)).Include(account => account.Official)
            .SingleOrDefaultAsync(account => account.NormalizedUserName == request.NormalizedUserLogin, stop);
        // Asked so long ago that nobody waits for it any more: the process or its database was away.
        if (account?.Official?.NoticePhone is not { } phone || request.RequestedAt + Validity <= now)
            return;

        if (await services.GetRequiredService<CodeBudget>().TrySendAsync(request, stop) is not { } room)
        {
            NoRoom(log, request.Id, account.Id);
            return;
        }

        var code = NewCode();
        // The one that has used up the budget of its login: whoever used it up, the owner has a way in.
        var (hash, expiresAt) = (services.GetRequiredService<IPasswordHasher<Account>>().HashPassword(account, code), room > now + Validity ? room : now + Validity);
        // In one statement: two requests for one account are answered by two instances at once.
        await db.Database.ExecuteSqlAsync($"""
            insert into one_time_code (account_id, hash, sent_at, expires_at, tries_left) values ({account.Id}, {hash}, {now}, {expiresAt}, {MostTries})
            on conflict (account_id) do update set hash = excluded.hash, sent_at = excluded.sent_at, expires_at = excluded.expires_at,
              tries_left = excluded.tries_left, tries = excluded.tries
            """, stop);
        db.Publish(account.Id, Outbox.System, new SendSms
        {
            SmsId = request.Id,
            To = phone,
            Text = Texts.Of("sms.one-time-code").Replace("{0}", code, StringComparison.Ordinal),
            Channel = "",
            Purpose = SmsPurpose.OneTimeCode,
            ExpiresAt = now + Validity,
        });
        db.Write(Caller.System with { FromAddress = request.FromAddress }, nameof(SendOneTimeCodes), ("Account", account.Id), null, null);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Request {RequestId} brings no code: account {AccountId} has had as many as it may, the last one counts")]
    private static partial void NoRoom(ILogger log, Guid requestId, Guid accountId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} for a one-time code is given up: {Fault}")]
    private static partial void GivenUp(ILogger log, Guid requestId, string fault);
}
