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
/// hash stays here. Instances share the work by <c>skip locked</c>; the id of the request is the id of the SMS, so that a repeat sends none.
/// </summary>
internal sealed partial class SendOneTimeCodes(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SendOneTimeCodes> log) : BackgroundService
{
    public const int Digits = 8;
    private const int MostTries = 5;
    private const int Batch = 20;
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await SendAsync(stoppingToken) == Batch)
                {
                    // More wait.
                }
            }
            catch (Exception fault) when (fault.IsInfrastructureFault())
            {
                Waiting(log, fault.GetType().Name);
            }
        }
    }

    private async Task<int> SendAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DirectoryDb>();
        var hasher = scope.ServiceProvider.GetRequiredService<IPasswordHasher<Account>>();
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var requests = await db.OneTimeCodeRequests
            .FromSql($"select * from one_time_code_request where handled_at is null order by requested_at limit {Batch} for update skip locked").ToListAsync(stop);
        foreach (var request in requests)
        {
            request.HandledAt = now;
            var account = await db.Accounts.AsNoTracking().Where(Admission.At(db, now)).Include(account => account.Official)
                .SingleOrDefaultAsync(account => account.NormalizedUserName == request.NormalizedUserLogin, stop);
            // Asked so long ago that nobody waits for it any more: the process or its database was away.
            if (account?.Official?.NoticePhone is not { } phone || request.RequestedAt + Validity <= now)
                continue;

            var code = RandomNumberGenerator.GetInt32(100_000_000).ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0');
            await KeepAsync(db, account.Id, hasher.HashPassword(account, code), now + Validity, stop);
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

        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return requests.Count;
    }

    private static async Task KeepAsync(DirectoryDb db, Guid accountId, string hash, DateTimeOffset expiresAt, CancellationToken stop)
    {
        if (await db.OneTimeCodes.FindAsync([accountId], stop) is { } code)
            (code.Hash, code.ExpiresAt, code.TriesLeft) = (hash, expiresAt, MostTries);
        else
            db.Add(new OneTimeCode { AccountId = accountId, Hash = hash, ExpiresAt = expiresAt, TriesLeft = MostTries });
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "One-time codes wait: {Fault}")]
    private static partial void Waiting(ILogger log, string fault);
}
