namespace Directory.SignIn;

/// <summary>Answers that carry tokens, secrets or recovery codes: no browser or proxy keeps them (RFC 6749 5.1).</summary>
internal static class NeverStored
{
    public static TBuilder AnswerNeverStored<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.AddEndpointFilter(async (context, next) =>
        {
            context.HttpContext.Response.Headers.CacheControl = "no-store";
            return await next(context);
        });
}
