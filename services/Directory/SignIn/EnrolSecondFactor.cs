using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Security.Cryptography;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Directory.SignIn;

/// <summary>
/// Begins the enrolment of an authenticator (TIK 17). Its secret is shown here and never again; it counts from <see cref="ConfirmSecondFactor"/> on. Begun anew,
/// the secret before is void.
/// </summary>
public static class EnrolSecondFactor
{
    private const string IssuerOfNobody = "Platform";

    /// <param name="Password">Proof that it is the owner who sits there: an authenticator of somebody else would lock him out.</param>
    public sealed record Request([Required, StringLength(Accounts.Password.Longest)] string Password);

    /// <param name="Secret">Base32, to be typed.</param>
    /// <param name="OtpauthUri">The same, to be shown as a QR code.</param>
    public sealed record Enrolment(string Secret, string OtpauthUri);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/me/second-factor", HandleAsync).WithName(nameof(EnrolSecondFactor));

    private static async Task<Results<Ok<Enrolment>, ProblemHttpResult>> HandleAsync(
        Request request, ClaimsPrincipal user, Caller caller, DirectoryDb db, UserManager<Account> accounts, FailedSignIns failures, AuthenticatorSecrets secrets, TimeProvider clock,
        CancellationToken stop)
    {
        if (await Tries.ProveAsync(db, accounts, failures, caller, user.AccountId, request.Password, clock.GetUtcNow(), stop) is not { } account)
            return Problems.Invalid("password", "password-wrong");

        var secret = RandomNumberGenerator.GetBytes(Totp.SecretBytes);
        var stored = secrets.Seal(account.Id, secret);
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (await db.Database.ExecuteSqlAsync($"""
            insert into second_factor (account_id, secret) values ({account.Id}, {stored})
            on conflict (account_id) do update set secret = excluded.secret where second_factor.confirmed_at is null
            """, stop) == 0)
            return Problems.Conflict("second-factor-enrolled");
        db.Write(caller, nameof(EnrolSecondFactor), ("Account", account.Id), null, null);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);

        var issuer = await db.Identities.Select(organisation => organisation.Name).SingleAsync(stop);
        return TypedResults.Ok(new Enrolment(Totp.Encode(secret), Totp.UriOf(issuer.Length == 0 ? IssuerOfNobody : issuer, account.UserName!, secret)));
    }
}
