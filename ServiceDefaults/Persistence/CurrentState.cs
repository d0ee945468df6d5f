using System.Linq.Expressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults.Persistence;

/// <summary>
/// Of two people who edit one record, the second gets 409 <c>changed-meanwhile</c> with the record as it is now in the member <c>current</c>: what to look at, and
/// the version to go on from. The same whether the handler found the version stale or the save did.
/// </summary>
public static class CurrentState
{
    /// <summary>Marks an edit that does so.</summary>
    public sealed record Shown;

    /// <summary>For an edit of the record whose id is the route's <c>id</c>, or of the only one.</summary>
    /// <param name="edit">Its endpoint.</param>
    /// <param name="toItem">How lists show the record.</param>
    public static RouteHandlerBuilder ShowsCurrent<TEntity, TItem>(this RouteHandlerBuilder edit, Expression<Func<TEntity, TItem>> toItem)
        where TEntity : class => edit.ShowsCurrent(_ => toItem);

    /// <summary>The same for a record that looks different at different instants.</summary>
    /// <param name="edit">Its endpoint.</param>
    /// <param name="toItemAt">How lists show the record at an instant.</param>
    public static RouteHandlerBuilder ShowsCurrent<TEntity, TItem>(this RouteHandlerBuilder edit, Func<DateTimeOffset, Expression<Func<TEntity, TItem>>> toItemAt)
        where TEntity : class => edit.WithMetadata(new Shown()).AddEndpointFilter(async (context, next) =>
        {
            object? result;
            try
            {
                result = await next(context);
            }
            catch (DbUpdateConcurrencyException)
            {
                result = Problems.Conflict(Problems.ChangedMeanwhile);
            }

            while (result is INestedHttpResult nested)
                result = nested.Result;
            if (result is not ProblemHttpResult problem || !Problems.Is(problem, Problems.ChangedMeanwhile))
                return result;

            // A context of its own: the handler's holds what was not saved.
            var http = context.HttpContext;
            await using var scope = http.RequestServices.CreateAsyncScope();
            var records = scope.ServiceProvider.GetRequiredService<DbContext>().Set<TEntity>().AsNoTracking();
            var now = scope.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow();
            if (http.GetRouteValue("id") is string text && Guid.TryParse(text, out var id))
                records = records.Where(record => EF.Property<Guid>(record, "Id") == id);
            problem.ProblemDetails.Extensions["current"] = await records.Select(toItemAt(now)).SingleOrDefaultAsync(http.RequestAborted);
            return problem;
        });
}
