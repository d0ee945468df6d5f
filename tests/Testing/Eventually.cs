namespace Testing;

/// <summary>Waits for a condition, never for a time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Asks again until the answer passes; fails with the last answer after half a minute.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> passes, int seconds = 30)
    {
        var limit = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var asked = TimeProvider.System.GetTimestamp();
            var answer = await ask();
            if (passes(answer))
                return answer;
            if (TimeProvider.System.GetElapsedTime(limit).TotalSeconds > seconds)
                throw new TimeoutException($"After {seconds} s still: {answer}");
            // A question that costs much is asked seldom: it must not be the load.
            var took = 3 * TimeProvider.System.GetElapsedTime(asked);
            await Task.Delay(took < Shortest ? Shortest : took > Longest ? Longest : took);
        }
    }

    public static Task TrueAsync(Func<Task<bool>> ask, int seconds = 30) => GetAsync(ask, answer => answer, seconds);
}
