using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.Accounts;

/// <summary>
/// Nothing that a person does leaves the installation without an administrator who can sign in: neither disabling the last one, nor ending his assignment, nor giving him
/// a first one that begins later, nor what else there will be. Judged by what is true after the act, so that no way is forgotten. What the clock closes is not refused;
/// <see cref="WatchAdministrators"/> says it a week ahead.
/// </summary>
internal static class LastAdministrator
{
    private const long AdministratorsLock = 0x4C_41_53_54;

    /// <summary>Undoes an act after which nobody could administer any more: 409.</summary>
    public static TBuilder KeepsAnAdministrator<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.AddEndpointFilter(async (context, next) =>
        {
            var (services, stop) = (context.HttpContext.RequestServices, context.HttpContext.RequestAborted);
            var db = services.GetRequiredService<DirectoryDb>();
            await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            // Where there is none already, as while the only one changes his authenticator, no act is to blame.
            var was = await WatchAdministrators.WhoCanSignIn(db, now).AnyAsync(stop);
            var result = await next(context);
            while (result is INestedHttpResult nested)
                result = nested.Result;
            if (result is IStatusCodeHttpResult { StatusCode: >= StatusCodes.Status400BadRequest })
                return result;
            if (was && !await IsThereAsync(db, now, stop))
                return Problems.Conflict("last-administrator");
            await transaction.CommitAsync(stop);
            return result;
        });

    /// <summary>In the transaction of the act, after its save: of two who close the last two administrators at once, the second waits here and finds the first one gone.</summary>
    public static async Task<bool> IsThereAsync(DirectoryDb db, DateTimeOffset now, CancellationToken stop)
    {
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({AdministratorsLock})", stop);
        return await WatchAdministrators.WhoCanSignIn(db, now).AnyAsync(stop);
    }
}
