using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace EventMesh.Connectors;

/// <summary>What an exception of the HTTP stack means, in the words of the connection's owner.</summary>
internal static class Failures
{
    /// <summary>Null for what no target can cause: a fault of our own, to be thrown on.</summary>
    public static (FailureKind Kind, string Error)? Of(Exception thrown)
    {
        for (Exception? cause = thrown; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AddressRefusedException:
                    return (FailureKind.AddressRefused, "the host's address is not public");
                case AuthenticationException:
                    return (FailureKind.TlsRefused, "TLS failed: " + cause.Message);
                case SocketException socket:
                    return (socket.SocketErrorCode == SocketError.TimedOut ? FailureKind.Timeout : FailureKind.Unreachable, Words(socket.SocketErrorCode));
                case TimeoutException:
                    return (FailureKind.Timeout, "no connection in time");
            }
        }

        return thrown switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => (FailureKind.TlsRefused, "TLS failed"),
            HttpRequestException { HttpRequestError: var error } => Of(error),
            HttpIOException { HttpRequestError: var error } => Of(error),
            OperationCanceledException => (FailureKind.Timeout, "no connection in time"),
            IOException => (FailureKind.Unreachable, "the connection broke"),
            _ => null,
        };
    }

    private static (FailureKind, string) Of(HttpRequestError error) => error switch
    {
        HttpRequestError.ConnectionError => (FailureKind.Unreachable, "no connection"),
        HttpRequestError.ResponseEnded => (FailureKind.BadResponse, "the connection was closed before the answer was whole"),
        HttpRequestError.ConfigurationLimitExceeded => (FailureKind.BadResponse, "the answer's headers are too long"),
        HttpRequestError.Unknown => (FailureKind.Unreachable, "the connection broke"),
        _ => (FailureKind.BadResponse, "the answer is not HTTP"),
    };

    private static string Words(SocketError error) => error switch
    {
        SocketError.HostNotFound or SocketError.NoData => "the host's name has no address",
        SocketError.TryAgain => "the host's name could not be looked up",
        SocketError.ConnectionRefused => "the connection was refused",
        SocketError.ConnectionReset or SocketError.Shutdown => "the connection was reset",
        SocketError.TimedOut => "no connection in time",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "the host cannot be reached",
        _ => $"the connection failed ({error})",
    };
}
