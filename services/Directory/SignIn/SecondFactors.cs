using System.Security.Cryptography;
using System.Text;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;

namespace Directory.SignIn;

/// <summary>Judges codes of authenticators and recovery codes; each counts once, also when two come at the same moment.</summary>
public sealed class SecondFactors(DirectoryDb db, AuthenticatorSecrets secrets, TimeProvider clock)
{
    public const int LongestCode = 32;
    internal const int RecoveryCodeCount = 10;
    private const int RecoveryCodeBytes = 10;
    private const int RecoveryCodeGroup = 4;

    /// <summary>
    /// True if the code is right, and it is used up. A recovery code leaves an entry in the trail with the caller's save: a stolen list of codes shows there.
    /// </summary>
    internal async Task<bool> TryUseAsync(Account account, string? code, Caller caller, CancellationToken stop)
    {
        if (code is null)
            return false;
        if (await StepAsync(account.Id, code, stop) is { } step)
        {
            // The one statement that uses it up: of two with the same code one finds the step taken.
            return await db.SecondFactors.Where(factor => factor.AccountId == account.Id && factor.ConfirmedAt != null && factor.LastStep < step)
                .ExecuteUpdateAsync(set => set.SetProperty(factor => factor.LastStep, step), stop) == 1;
        }

        var hash = HashOf(code);
        if (await db.RecoveryCodes.Where(recovery => recovery.AccountId == account.Id && recovery.Hash == hash).ExecuteDeleteAsync(stop) == 0)
            return false;
        var left = await db.RecoveryCodes.CountAsync(recovery => recovery.AccountId == account.Id, stop);
        db.Write(caller with { Actor = account.Id.ToString() }, "UseRecoveryCode", ("Account", account.Id), null, new { Left = left });
        return true;
    }

    /// <summary>The step of a code of the authenticator that waits for its confirmation, or null.</summary>
    internal long? StepOf(SecondFactor factor, string code) => Totp.StepOf(secrets.Open(factor), Plain(code), clock.GetUtcNow());

    /// <summary>Ten new recovery codes, ready to be saved; only their hashes stay.</summary>
    internal IReadOnlyList<string> AddRecoveryCodes(Guid accountId)
    {
        var codes = Enumerable.Range(0, RecoveryCodeCount).Select(_ => Totp.Encode(RandomNumberGenerator.GetBytes(RecoveryCodeBytes))).ToList();
        db.AddRange(codes.Select(code => new RecoveryCode { Hash = HashOf(code), AccountId = accountId }));
        return codes.ConvertAll(code => string.Join('-', code.Chunk(RecoveryCodeGroup).Select(group => new string(group))));
    }

    /// <summary>Takes authenticator and recovery codes away, in the caller's transaction.</summary>
    internal async Task RemoveAsync(Account account, CancellationToken stop)
    {
        await db.SecondFactors.Where(factor => factor.AccountId == account.Id).ExecuteDeleteAsync(stop);
        await db.RecoveryCodes.Where(code => code.AccountId == account.Id).ExecuteDeleteAsync(stop);
        account.TwoFactorEnabled = false;
    }

    private async Task<long?> StepAsync(Guid accountId, string code, CancellationToken stop) =>
        await db.SecondFactors.AsNoTracking().SingleOrDefaultAsync(factor => factor.AccountId == accountId && factor.ConfirmedAt != null, stop) is { } confirmed
            ? StepOf(confirmed, code)
            : null;

    private static byte[] HashOf(string recoveryCode) => SHA256.HashData(Encoding.UTF8.GetBytes(Plain(recoveryCode).ToUpperInvariant()));

    /// <summary>Without what people put between the groups.</summary>
    private static string Plain(string code) => string.Concat(code.Where(letter => letter is not (' ' or '-')));
}
