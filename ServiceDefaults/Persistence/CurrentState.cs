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
    /// <summary>Marks an edit that does so, for the API description.</summary>
    /// <param name="Item">What it shows.</param>
    /// <param name="IsList">Several of them.</param>
    public sealed record Shown(Type Item, bool IsList);

    /// <summary>For an edit of the record whose id is the route's <c>id</c>, or of the only one.</summary>
    /// <param name="edit">Its endpoint.</param>
    /// <param name="toItem">How lists show the record.</param>
    public static RouteHandlerBuilder ShowsCurrent<TEntity, TItem>(this RouteHandlerBuilder edit, Expression<Func<TEntity, TItem>> toItem)
        where TEntity : class => edit.ShowsCurrent(_ => toItem);

    /// <summary>The same for a record that looks different at different instants.</summary>
    /// <param name="edit">Its endpoint.</param>
    /// <param name="toItemAt">How lists show the record at an instant.</param>
    public static RouteHandlerBuilder ShowsCurrent<TEntity, TItem>(this RouteHandlerBuilder edit, Func<DateTimeOffset, Expression<Func<TEntity, TItem>>> toItemAt)
        where TEntity : class => edit.Shows<TEntity>(new(typeof(TItem), IsList: false), async (context, records, now, stop) =>
        {
            if (context.HttpContext.GetRouteValue("id") is string text && Guid.TryParse(text, out var id))
                records = records.Where(record => EF.Property<Guid>(record, "Id") == id);
            return await records.Select(toItemAt(now)).SingleOrDefaultAsync(stop);
        });

    /// <summary>For an edit of several records, which are all shown.</summary>
    /// <param name="edit">Its endpoint.</param>
    /// <param name="idsOf">Their ids.</param>
    /// <param name="toItem">How lists show them.</param>
    public static RouteHandlerBuilder ShowsCurrent<TRequest, TEntity, TItem>(
        this RouteHandlerBuilder edit, Func<TRequest, IEnumerable<Guid>> idsOf, Expression<Func<TEntity, TItem>> toItem)
        where TEntity : class => edit.Shows<TEntity>(new(typeof(TItem), IsList: true), async (context, records, _, stop) =>
        {
            var ids = idsOf(context.Arguments.OfType<TRequest>().Single()).ToList();
            return await records.Where(record => ids.Contains(EF.Property<Guid>(record, "Id"))).Select(toItem).ToListAsync(stop);
        });

    private static RouteHandlerBuilder Shows<TEntity>(
        this RouteHandlerBuilder edit, Shown shown, Func<EndpointFilterInvocationContext, IQueryable<TEntity>, DateTimeOffset, CancellationToken, Task<object?>> current)
        where TEntity : class => edit.WithMetadata(shown).AddEndpointFilter(async (context, next) =>
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
            await using var scope = context.HttpContext.RequestServices.CreateAsyncScope();
            var records = scope.ServiceProvider.GetRequiredService<DbContext>().Set<TEntity>().AsNoTracking();
            var now = scope.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow();
            problem.ProblemDetails.Extensions["current"] = await current(context, records, now, context.HttpContext.RequestAborted);
            return problem;
        });
}
